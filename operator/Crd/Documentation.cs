using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Crd;

/// <summary>The XML documentation of core/Api as text for `kubectl explain`: C# names become YAML's, and an enum's values are listed with what each means.</summary>
/// <param name="members">Summaries by their documentation id: `P:FedOperator.Core.Api.DataSpec.Path`.</param>
internal sealed partial class Documentation(IReadOnlyDictionary<string, XElement> members)
{
    /// <summary>The documentation file that lies beside the assembly of core/Api.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static Documentation OfCore()
    {
        var file = Path.ChangeExtension(Path.Join(AppContext.BaseDirectory, typeof(FederatedJob).Assembly.GetName().Name + ".dll"), ".xml");
        if (!File.Exists(file))
            throw new FileNotFoundException($"{file}: the documentation of the fields is missing; build anew (GenerateDocumentationFile), or copy it there.", file);
        return new Documentation(XDocument.Load(file).Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!, StringComparer.Ordinal));
    }

    /// <summary>What a record says of itself.</summary>
    public string Of(Type record) => Text(Summary("T:" + record.FullName));

    /// <summary>What a member says of itself, and what its values mean where it is an enum.</summary>
    public string Of(JsonPropertyInfo member)
    {
        var property = (PropertyInfo)member.AttributeProvider!;
        var text = new StringBuilder(Text(Summary($"P:{property.DeclaringType!.FullName}.{property.Name}")));
        var type = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
        if (type.IsEnum)
        {
            var json = member.Options.GetTypeInfo(type);
            foreach (var value in Enum.GetValues(type))
                text.Append(CultureInfo.InvariantCulture, $"\n- `{JsonSerializer.SerializeToNode(value, json)!.GetValue<string>()}`: {Text(Summary($"F:{type.FullName}.{value}"))}");
        }
        return text.ToString();
    }

    private XElement Summary(string id) =>
        members.GetValueOrDefault(id) ?? throw new InvalidOperationException($"{id[2..]} has no summary: say what it means, its unit and its default, for `kubectl explain`.");

    private static string Text(XElement summary) =>
        Spaces().Replace(string.Concat(summary.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" or "paramref" } reference => Reference(reference),
            _ => throw new InvalidOperationException($"A summary of core/Api has `{node}`: `kubectl explain` shows plain text and references only."),
        })), " ").Trim();

    // `P:...DataSpec.Path` -> `path`; a constant -> its value; a record -> its name.
    private static string Reference(XElement reference)
    {
        var id = reference.Attribute("cref")!.Value;
        var name = id[(id.LastIndexOf('.') + 1)..];
        return id[0] switch
        {
            'P' => $"`{JsonNamingPolicy.CamelCase.ConvertName(name)}`",
            'F' when typeof(FederatedJob).Assembly.GetType(id[2..id.LastIndexOf('.')])?.GetField(name) is { IsLiteral: true, DeclaringType.IsEnum: false } constant => $"`{constant.GetRawConstantValue()}`",
            'F' => $"`{JsonNamingPolicy.CamelCase.ConvertName(name)}`",
            _ => name,
        };
    }

    [GeneratedRegex(@"\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Spaces();
}
