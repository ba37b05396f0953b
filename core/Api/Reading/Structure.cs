using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace FedOperator.Core.Api;

/// <summary>Compares a document with the records: unknown and missing members, wrong kinds of value, unknown enum values. All of them at once.</summary>
/// <remarks>Nulls are removed, as the API server prunes them; free objects (`podTemplate`, `volume`, `resources`) are left as they are.</remarks>
internal static class Structure
{
    /// <summary>What is wrong with the structure.</summary>
    /// <param name="node">The document. Afterwards it can be read: nulls and what is wrong are taken out, and what is missing has a value that is in no rule's way.</param>
    /// <param name="type">The record.</param>
    public static List<Problem> Check(JsonNode node, JsonTypeInfo type)
    {
        var problems = new List<Problem>();
        Check("", node, type, problems);
        return problems;
    }

    /// <returns>False where the value itself is wrong; what was wrong inside it is mended.</returns>
    private static bool Check(string path, JsonNode? node, JsonTypeInfo type, List<Problem> problems)
    {
        if (type.Type == typeof(JsonObject))
            return node is not JsonObject ? Refuse(WrongKind(path, node, "a map of fields"), problems) : Levels(path, node) <= Manifest.DeepestNesting || Refuse(TooDeep(path), problems);
        return type.Kind switch
        {
            JsonTypeInfoKind.Object => CheckObject(path, node, type, problems),
            JsonTypeInfoKind.Enumerable => CheckList(path, node, type, problems),
            JsonTypeInfoKind.Dictionary => CheckDictionary(path, node, type, problems),
            _ => Scalars.Problem(path, node, type) is not { } problem || Refuse(problem, problems),
        };
    }

    private static bool CheckObject(string path, JsonNode? node, JsonTypeInfo type, List<Problem> problems)
    {
        if (node is not JsonObject map)
            return Refuse(WrongKind(path, node, $"a map of fields ({Suggestions.Names(type)})"), problems);
        foreach (var absent in map.Where(m => m.Value is null).Select(m => m.Key).Where(k => type.Properties.Any(p => p.Name == k)).ToList())
            map.Remove(absent);
        var given = map.ToList();
        foreach (var (name, value) in given)
        {
            var member = type.Properties.FirstOrDefault(p => p.Name == name);
            if (member is null ? Refuse(new Problem(Join(path, name), null, "is not a field", Suggestions.ForField(name, type)), problems) : Check(Join(path, name), value, type.Options.GetTypeInfo(member.PropertyType), problems))
                continue;
            map.Remove(name);
        }
        foreach (var member in type.Properties.Where(p => p.IsRequired && !map.ContainsKey(p.Name)))
        {
            var field = Join(path, member.Name);
            if (given.All(m => m.Key != member.Name))
                problems.Add(new Problem(field, null, "is missing", Required.Fix(field)));
            map.Add(member.Name, Required.Placeholder(field, type.Options.GetTypeInfo(member.PropertyType)));
        }
        return true;
    }

    private static bool CheckList(string path, JsonNode? node, JsonTypeInfo type, List<Problem> problems)
    {
        if (node is not JsonArray list)
            return Refuse(WrongKind(path, node, "a list"), problems);
        var element = type.Options.GetTypeInfo(type.ElementType!);
        var wrong = new List<int>();
        for (var i = 0; i < list.Count; i++)
        {
            if (!Check(string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), list[i], element, problems))
                wrong.Add(i);
        }
        foreach (var i in Enumerable.Reverse(wrong))
            list.RemoveAt(i);
        return true;
    }

    private static bool CheckDictionary(string path, JsonNode? node, JsonTypeInfo type, List<Problem> problems)
    {
        if (node is not JsonObject map)
            return Refuse(WrongKind(path, node, "a map of names to text"), problems);
        var element = type.Options.GetTypeInfo(type.ElementType!);
        foreach (var (name, value) in map.ToList())
        {
            if (!Check(Join(path, name), value, element, problems))
                map.Remove(name);
        }
        return true;
    }

    private static bool Refuse(Problem problem, List<Problem> problems)
    {
        problems.Add(problem);
        return false;
    }

    /// <summary>What is said of a value that makes the document too deep.</summary>
    public static Problem TooDeep(string path) => new(path, null, $"is nested too deep: the document has more than {Manifest.DeepestNesting} levels", "give a smaller document");

    private static int Levels(string path, JsonNode node) => path.Count(c => c is '.' or '[') + 1 + Levels(node);

    private static int Levels(JsonNode? node) => node switch
    {
        JsonObject map => 1 + map.Select(member => Levels(member.Value)).DefaultIfEmpty().Max(),
        JsonArray list => 1 + list.Select(Levels).DefaultIfEmpty().Max(),
        _ => 0,
    };

    private static Problem WrongKind(string path, JsonNode? node, string wanted) =>
        new(path.Length == 0 ? "(file)" : path, Scalars.Show(node), "is of the wrong kind", $"give {wanted}");

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}

/// <summary>What to write where a required field is missing.</summary>
internal static class Required
{
    /// <summary>Something to read in its place, so that the rest can be checked: no rule has anything against it.</summary>
    public static JsonNode Placeholder(string path, JsonTypeInfo type)
    {
        if (type.Type == typeof(string))
            return path switch { "apiVersion" => FederatedJob.Version, "kind" => FederatedJob.KindName, _ => "x" };
        if (type.Kind == JsonTypeInfoKind.Enumerable)
            return new JsonArray();
        if (type.Kind != JsonTypeInfoKind.Object)
            return 1;
        return new JsonObject(type.Properties.Where(p => p.IsRequired).Select(p => KeyValuePair.Create<string, JsonNode?>(p.Name, Placeholder($"{path}.{p.Name}", type.Options.GetTypeInfo(p.PropertyType)))));
    }

    /// <summary>The advice for that path.</summary>
    public static string Fix(string path) => path switch
    {
        "apiVersion" => $"add `apiVersion: {FederatedJob.Version}`",
        "kind" => $"add `kind: {FederatedJob.KindName}`",
        "metadata" => "add `metadata: {name: NAME}`",
        "metadata.name" => "give the job a name",
        "spec" => "say what is to be trained",
        "spec.rounds" => "say how many train rounds there are, for example `rounds: 20`",
        "spec.clients" => "name the clients, for example `clients: [{name: edge, replicas: 5}]`",
        "spec.storage" => "say where the ledger lies: `storage: {azureBlob: {accountUrl: URL}}` or `storage: {volume: {claimName: NAME}}`",
        "spec.storage.azureBlob.accountUrl" => "give the account's address, for example https://ACCOUNT.blob.core.windows.net",
        "spec.storage.volume.claimName" => "name the PersistentVolumeClaim",
        _ when path.EndsWith("].name", StringComparison.Ordinal) => "give the group a name, for example `name: edge`",
        _ => "add it",
    };
}
