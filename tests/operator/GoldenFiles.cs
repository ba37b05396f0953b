using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Tests;

/// <summary>Golden folders beside the tests. FED_UPDATE_GOLDEN=1 writes what is produced instead of comparing.</summary>
internal static class GoldenFiles
{
    public static IEnumerable<object[]> Cases(string kind) =>
        Directory.GetDirectories(Folder(kind)).Select(Path.GetFileName).Order(StringComparer.Ordinal).Select(name => (object[])[name!]);

    public static string Given(string kind, string name) => File.ReadAllText(Path.Combine(Folder(kind), name, "given.yaml"));

    public static void Expect(string kind, string name, string file, string actual)
    {
        var path = Path.Combine(Folder(kind), name, file);
        if (Environment.GetEnvironmentVariable("FED_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }

    /// <summary>YAML, read by the product's own rules.</summary>
    public static JsonObject ReadYaml(string text)
    {
        var document = YamlDocument.Read(text);
        Assert.Empty(document.Problems);
        return document.Root!.AsObject();
    }

    /// <summary>JSON as YAML, members in their order.</summary>
    public static string WriteYaml(JsonNode node)
    {
        var text = new StringBuilder();
        Write(node, 0, text);
        return text.ToString();
    }

    private static void Write(JsonNode node, int indent, StringBuilder text)
    {
        if (node is JsonObject map)
        {
            foreach (var (name, value) in map)
            {
                text.Append(' ', indent).Append(Scalar(JsonValue.Create(name))).Append(':');
                WriteValue(value, indent + 2, text);
            }
        }
        else
        {
            foreach (var item in node.AsArray())
            {
                var inner = new StringBuilder();
                WriteValue(item, indent + 2, inner);
                // The first line of an item stands beside its dash.
                text.Append(' ', indent).Append("- ").Append(inner.ToString().TrimStart('\n', ' '));
            }
        }
    }

    private static void WriteValue(JsonNode? value, int indent, StringBuilder text)
    {
        if (value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
        {
            text.Append('\n');
            Write(value, indent, text);
        }
        else
        {
            text.Append(' ').Append(value switch { JsonObject => "{}", JsonArray => "[]", _ => Scalar(value) }).Append('\n');
        }
    }

    private static string Scalar(JsonNode? value)
    {
        if (value?.GetValueKind() != JsonValueKind.String)
            return value?.ToJsonString() ?? "null";
        var text = value.GetValue<string>();
        return IsPlain(text) ? text : "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
    }

    private static bool IsPlain(string text) =>
        text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '/') && !text.Contains(": ", StringComparison.Ordinal) && !text.Contains(" #", StringComparison.Ordinal)
        && text[^1] is not (' ' or ':') && text.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off")
        && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) && !text.Contains('\n', StringComparison.Ordinal);

    private static string Folder(string kind, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Golden", kind);
}
