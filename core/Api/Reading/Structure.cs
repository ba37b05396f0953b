using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace FedOperator.Core.Api;

/// <summary>Compares a document with the records: unknown and missing members, wrong kinds of value, unknown enum values. All of them at once.</summary>
/// <remarks>Nulls are removed, as the API server prunes them; free objects (`podTemplate`, `volume`, `resources`) are left as they are.</remarks>
internal static class Structure
{
    /// <summary>What is wrong with the structure; prunes nulls from <paramref name="node"/>.</summary>
    public static List<Problem> Check(JsonNode node, JsonTypeInfo type)
    {
        var problems = new List<Problem>();
        Check("", node, type, problems);
        return problems;
    }

    private static void Check(string path, JsonNode? node, JsonTypeInfo type, List<Problem> problems)
    {
        if (type.Type == typeof(JsonObject))
        {
            if (node is not JsonObject)
                problems.Add(WrongKind(path, node, "a map of fields"));
            return;
        }
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                CheckObject(path, node, type, problems);
                break;
            case JsonTypeInfoKind.Enumerable:
                CheckList(path, node, type, problems);
                break;
            case JsonTypeInfoKind.Dictionary:
                CheckDictionary(path, node, type, problems);
                break;
            default:
                if (Scalars.Problem(path, node, type) is { } problem)
                    problems.Add(problem);
                break;
        }
    }

    private static void CheckObject(string path, JsonNode? node, JsonTypeInfo type, List<Problem> problems)
    {
        if (node is not JsonObject map)
        {
            problems.Add(WrongKind(path, node, $"a map of fields ({Suggestions.Names(type)})"));
            return;
        }
        foreach (var absent in map.Where(m => m.Value is null).Select(m => m.Key).Where(k => type.Properties.Any(p => p.Name == k)).ToList())
            map.Remove(absent);
        foreach (var (name, value) in map)
        {
            if (type.Properties.FirstOrDefault(p => p.Name == name) is { } member)
                Check(Join(path, name), value, type.Options.GetTypeInfo(member.PropertyType), problems);
            else
                problems.Add(new Problem(Join(path, name), null, "is not a field", Suggestions.ForField(name, type)));
        }
        foreach (var member in type.Properties.Where(p => p.IsRequired && !map.ContainsKey(p.Name)))
            problems.Add(new Problem(Join(path, member.Name), null, "is missing", Required.Fix(Join(path, member.Name))));
    }

    private static void CheckList(string path, JsonNode? node, JsonTypeInfo type, List<Problem> problems)
    {
        if (node is not JsonArray list)
        {
            problems.Add(WrongKind(path, node, "a list"));
            return;
        }
        for (var i = 0; i < list.Count; i++)
            Check(string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), list[i], type.Options.GetTypeInfo(type.ElementType!), problems);
    }

    private static void CheckDictionary(string path, JsonNode? node, JsonTypeInfo type, List<Problem> problems)
    {
        if (node is not JsonObject map)
        {
            problems.Add(WrongKind(path, node, "a map of names to text"));
            return;
        }
        foreach (var (name, value) in map)
            Check(Join(path, name), value, type.Options.GetTypeInfo(type.ElementType!), problems);
    }

    private static Problem WrongKind(string path, JsonNode? node, string wanted) =>
        new(path.Length == 0 ? "(file)" : path, Scalars.Show(node), "is of the wrong kind", $"give {wanted}");

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}

/// <summary>What to write where a required field is missing.</summary>
internal static class Required
{
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
