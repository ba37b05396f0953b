using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FedOperator.Core.Api;

/// <summary>One YAML document as JSON, by the rules of kubectl: its scalars, duplicate keys refused. Aliases are copied; merge keys and custom tags are refused.</summary>
/// <param name="root">The document; null where it cannot be read.</param>
/// <param name="problems">Why it cannot be read.</param>
/// <param name="lines">Line of each field, by its path.</param>
internal sealed class YamlDocument(JsonNode? root, IReadOnlyList<Problem> problems, IReadOnlyDictionary<string, int> lines)
{
    /// <summary>The document; null where it cannot be read.</summary>
    public JsonNode? Root { get; } = root;

    /// <summary>Why it cannot be read; empty where it can.</summary>
    public IReadOnlyList<Problem> Problems { get; } = problems;

    /// <summary>The line of a field, or of the nearest field around it.</summary>
    public int? LineOf(string field)
    {
        for (var path = field; path.Length > 0; path = path[..Math.Max(path.LastIndexOfAny(['.', '[']), 0)])
        {
            if (lines.TryGetValue(path, out var line))
                return line;
        }
        return lines.TryGetValue("", out var first) ? first : null;
    }

    /// <summary>Reads the text; never throws for what the text says.</summary>
    public static YamlDocument Read(string text)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        try
        {
            var reader = new YamlEvents(new Parser(new StringReader(text)), lines);
            return new YamlDocument(reader.ReadDocument(), [], lines);
        }
        catch (YamlRefusal refusal)
        {
            return new YamlDocument(null, [refusal.Problem], lines);
        }
        catch (YamlException e)
        {
            return new YamlDocument(null, [new Problem("(file)", null, $"not YAML at line {e.Start.Line}, column {e.Start.Column}: {e.InnerException?.Message ?? e.Message}", "correct the text there", (int)e.Start.Line)], lines);
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner, on a flow collection that is never closed: it does not say where.
            var line = lines.Values.DefaultIfEmpty(1).Max();
            return new YamlDocument(null, [new Problem("(file)", null, $"not YAML after line {line}", "close what is opened there: a brace, a bracket or a quote", line)], lines);
        }
    }
}

/// <summary>The text is YAML, but not of the kind that is accepted.</summary>
internal sealed class YamlRefusal(Problem problem) : Exception(problem.ToString())
{
    /// <summary>What is refused.</summary>
    public Problem Problem { get; } = problem;
}

/// <summary>Turns a parser's events into JSON.</summary>
internal sealed class YamlEvents(IParser parser, Dictionary<string, int> lines)
{
    // Aliases multiply: a job has some hundred nodes, a bomb has billions.
    private const int MostNodes = 100_000;
    private readonly Dictionary<string, JsonNode?> anchors = new(StringComparer.Ordinal);
    private int nodes;

    public JsonNode ReadDocument()
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
            throw Refuse("(file)", null, "holds no document", "give one FederatedJob", 1);
        var root = ReadNode("", 0);
        parser.Consume<DocumentEnd>();
        if (parser.Accept<DocumentStart>(out var second))
            throw Refuse("(file)", null, "holds more than one document", "give each FederatedJob a file of its own", (int)second.Start.Line);
        return root ?? throw Refuse("(file)", null, "holds no document", "give one FederatedJob", 1);
    }

    private JsonNode? ReadNode(string path, int depth)
    {
        var line = (int)parser.Current!.Start.Line;
        lines.TryAdd(path, line);
        if (++nodes > MostNodes || depth > Manifest.DeepestNesting)
            throw Refuse(path, null, $"is too large: more than {MostNodes} values, or nested deeper than {Manifest.DeepestNesting}", "give a smaller document", line);
        if (parser.TryConsume<AnchorAlias>(out var alias))
            return Copy(alias, path, line);
        if (parser.Current is not NodeEvent start)
            throw Refuse(path, null, "is not a value", "correct the text there", line);
        JsonNode? value = start switch
        {
            MappingStart => ReadMapping(path, depth),
            SequenceStart => ReadSequence(path, depth),
            Scalar => ReadScalar(path, parser.Consume<Scalar>(), line),
            _ => throw Refuse(path, null, "is not a value", "correct the text there", line),
        };
        if (!start.Anchor.IsEmpty)
            anchors[start.Anchor.Value] = value;
        return value;
    }

    private JsonNode? Copy(AnchorAlias alias, string path, int line)
    {
        if (!anchors.TryGetValue(alias.Value.Value, out var value))
            throw Refuse(path, "*" + alias.Value.Value, "names no anchor before it", "write the value out", line);
        nodes += Size(value);
        return nodes > MostNodes ? throw Refuse(path, "*" + alias.Value.Value, "makes the document too large", "give a smaller document", line) : value?.DeepClone();
    }

    private JsonObject ReadMapping(string path, int depth)
    {
        parser.Consume<MappingStart>();
        var map = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var line = (int)parser.Current!.Start.Line;
            if (!parser.TryConsume<Scalar>(out var scalar))
                throw Refuse(path, null, "has a key that is not a plain name", "give each field a name", line);
            if (scalar is { Value: "<<", IsKey: true, Style: ScalarStyle.Plain })
                throw Refuse(path, "<<", "is a YAML merge key, which is not supported", "write the fields out", line);
            var key = YamlScalars.Key(scalar);
            var child = path.Length == 0 ? key : $"{path}.{key}";
            if (map.ContainsKey(key))
                throw Refuse(child, null, $"is given twice, at lines {lines[child]} and {line}", "keep one of them", line);
            lines[child] = line;
            map.Add(key, ReadNode(child, depth + 1));
        }
        return map;
    }

    private JsonArray ReadSequence(string path, int depth)
    {
        parser.Consume<SequenceStart>();
        var list = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
            list.Add(ReadNode($"{path}[{list.Count}]", depth + 1));
        return list;
    }

    private static JsonNode? ReadScalar(string path, Scalar scalar, int line)
    {
        if (YamlScalars.Refusal(scalar) is { } why)
            throw Refuse(path, scalar.Value, why, "write a plain value", line);
        return YamlScalars.Value(scalar);
    }

    private static int Size(JsonNode? node) => node switch
    {
        JsonObject map => 1 + map.Sum(member => Size(member.Value)),
        JsonArray list => 1 + list.Sum(Size),
        _ => 1,
    };

    private static YamlRefusal Refuse(string path, string? value, string wrong, string fix, int line) =>
        new(new Problem(path.Length == 0 ? "(file)" : path, value, wrong, fix, line));
}
