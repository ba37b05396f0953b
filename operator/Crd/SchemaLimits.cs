using System.Text.Json.Nodes;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Crd;

/// <summary>What the schema asks of a value beyond its type: ranges, lengths, patterns, keys of lists. All of it from the rules that the reader checks.</summary>
internal static class SchemaLimits
{
    private static readonly Dictionary<string, Bound> s_bounds = Bounds.Table.ToDictionary(bound => bound.Field, StringComparer.Ordinal);

    // By record and member: some records stand at several places.
    private static readonly Dictionary<(Type, string), JsonObject> s_members = new()
    {
        [(typeof(FederatedJobSpec), "clients")] = new() { ["minItems"] = 1, ["maxItems"] = ClientRules.MostGroups, ["x-kubernetes-list-type"] = "map", ["x-kubernetes-list-map-keys"] = new JsonArray("name") },
        [(typeof(ClientGroup), "name")] = new() { ["minLength"] = 1, ["maxLength"] = ClientNames.Longest, ["pattern"] = Pattern(ClientNames.Pattern), ["not"] = new JsonObject { ["pattern"] = "^" + ClientNames.PrivatePrefix } },
        [(typeof(ClientGroup), "replicas")] = new() { ["minimum"] = 1, ["maximum"] = ClientRules.MostClients },
        [(typeof(ClientGroup), "nodeSelector")] = new() { ["maxProperties"] = 64 },
        [(typeof(ClientGroup), "tolerations")] = new() { ["maxItems"] = 64, ["x-kubernetes-list-type"] = "atomic" },
        [(typeof(ModelSpec), "inputShape")] = new() { ["minItems"] = 3, ["maxItems"] = 3, ["x-kubernetes-list-type"] = "atomic" },
        [(typeof(InitialCheckpointSpec), "path")] = new() { ["minLength"] = 1, ["maxLength"] = DataRules.LongestPath },
        [(typeof(InitialCheckpointSpec), "volume")] = new() { ["minProperties"] = 1, ["maxProperties"] = 1 },
        [(typeof(InitialCheckpointSpec), "reinitialize")] = new() { ["maxItems"] = ModelRules.MostModules, ["x-kubernetes-list-type"] = "atomic" },
        [(typeof(DataSpec), "path")] = new() { ["maxLength"] = DataRules.LongestPath, ["pattern"] = Pattern(DataRules.PathPattern) },
        [(typeof(DataSpec), "volume")] = new() { ["minProperties"] = 1, ["maxProperties"] = 1 },
        [(typeof(PartitionSpec), "classes")] = new() { ["minimum"] = 1 },
        [(typeof(PartitionSpec), "alpha")] = new() { ["minimum"] = 0, ["exclusiveMinimum"] = true },
        [(typeof(PixelSpec), "mean")] = Channels(),
        [(typeof(PixelSpec), "deviation")] = Channels(),
        [(typeof(FeatureShiftSpec), "contrast")] = new() { ["minimum"] = 0, ["maximum"] = 1, ["exclusiveMaximum"] = true },
        [(typeof(FeatureShiftSpec), "rotation")] = new() { ["minimum"] = 0, ["maximum"] = ImageRules.LargestRotation },
        [(typeof(FeatureShiftSpec), "noise")] = new() { ["minimum"] = 0, ["maximum"] = 1 },
        [(typeof(PodSpec), "image")] = new() { ["maxLength"] = PodRules.LongestImage, ["pattern"] = Pattern(PodRules.ImagePattern) },
        [(typeof(AzureBlobSpec), "accountUrl")] = new() { ["maxLength"] = StorageRules.LongestUrl, ["pattern"] = Pattern(StorageRules.UrlPattern) },
        [(typeof(AzureBlobSpec), "credentialsSecret")] = Name(),
        [(typeof(VolumeStorageSpec), "claimName")] = Name(),
        [(typeof(FederatedJobSpec), "storage")] = new() { ["oneOf"] = new JsonArray(Required("azureBlob"), Required("volume")) },
        [(typeof(FederatedJobStatus), "failures")] = new() { ["x-kubernetes-list-type"] = "atomic" },
        [(typeof(FederatedJobStatus), "attempts")] = new() { ["x-kubernetes-list-type"] = "map", ["x-kubernetes-list-map-keys"] = new JsonArray("name") },
        [(typeof(FederatedJobStatus), "conditions")] = new() { ["x-kubernetes-list-type"] = "map", ["x-kubernetes-list-map-keys"] = new JsonArray("type") },
    };

    /// <summary>Puts the limits of a member into its schema.</summary>
    /// <param name="schema">Of the member.</param>
    /// <param name="owner">The record that has it.</param>
    /// <param name="name">Its name in YAML.</param>
    /// <param name="path">Where it stands: `spec.training.batchSize`.</param>
    public static void Apply(JsonObject schema, Type owner, string name, string path)
    {
        if (s_members.TryGetValue((owner, name), out var limits))
        {
            foreach (var (key, value) in limits)
                schema[key] = value!.DeepClone();
        }
        if (owner == typeof(ModelSpec) && name == "inputShape")
            Range((JsonObject)schema["items"]!, 1, Combinations.LargestSide);
        if (owner == typeof(InitialCheckpointSpec) && name == "reinitialize")
            (schema["items"]!["maxLength"], schema["items"]!["pattern"]) = (ModelRules.LongestModule, Pattern(ModelRules.ModulePattern));
        if (owner == typeof(PixelSpec) && name == "deviation")
            (schema["items"]!["minimum"], schema["items"]!["exclusiveMinimum"]) = (0, true);
        if (s_bounds.TryGetValue(path, out var bound))
            Range(schema, bound);
    }

    /// <summary>The metadata that a job may have: more than Kubernetes asks, because its name begins those of its pods.</summary>
    public static JsonObject Metadata() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["name"] = new JsonObject { ["type"] = "string", ["maxLength"] = Identity.LongestName, ["pattern"] = Pattern(Identity.NamePattern) },
        },
    };

    private static void Range(JsonObject schema, Bound bound)
    {
        Range(schema, bound.Least, bound.Most);
        if (bound.Open)
            schema["exclusiveMinimum"] = true;
        if (bound.OpenEnd)
            schema["exclusiveMaximum"] = true;
    }

    private static void Range(JsonObject schema, double least, double most)
    {
        schema["minimum"] = JsonNode.Parse(FormattableString.Invariant($"{least:R}"));
        if (double.IsFinite(most))
            schema["maximum"] = JsonNode.Parse(FormattableString.Invariant($"{most:R}"));
    }

    private static JsonObject Name() => new() { ["minLength"] = 1, ["maxLength"] = StorageRules.LongestName, ["pattern"] = Pattern(StorageRules.NamePattern) };

    private static JsonObject Channels() => new() { ["minItems"] = 1, ["maxItems"] = Combinations.LargestSide, ["x-kubernetes-list-type"] = "atomic" };

    private static JsonObject Required(string member) => new() { ["required"] = new JsonArray(member) };

    // In .NET a dollar lets a last line break pass; in a server's expressions it does not.
    private static string Pattern(string pattern) => pattern.Replace("\\z", "$", StringComparison.Ordinal);
}
