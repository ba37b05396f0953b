using System.Text.Json.Nodes;
using k8s.Models;

namespace FedOperator.Operator.Children;

/// <summary>Merges a podTemplate over our pod.</summary>
/// <remarks>
/// Containers, environment variables and volumes by name, mounts by path, tolerations appended, labels, annotations and node selector by key; everything else that the template names replaces ours.
/// </remarks>
internal static class PodMerge
{
    // By which member the items of a list are told apart.
    private static readonly Dictionary<string, string> s_keys = new(StringComparer.Ordinal)
    {
        ["spec.containers"] = "name",
        ["spec.initContainers"] = "name",
        ["spec.containers.env"] = "name",
        ["spec.initContainers.env"] = "name",
        ["spec.containers.volumeMounts"] = "mountPath",
        ["spec.initContainers.volumeMounts"] = "mountPath",
        ["spec.volumes"] = "name",
    };

    private static readonly HashSet<string> s_merged = new(StringComparer.Ordinal) { "", "metadata", "spec", "metadata.labels", "metadata.annotations", "spec.nodeSelector", "spec.containers", "spec.initContainers" };

    /// <summary>The pod that comes of it. Containers that the template adds get what Pod Security asks for, where they leave it open.</summary>
    public static V1Pod Merge(V1Pod ours, JsonObject template)
    {
        var names = ours.Spec.Containers.Concat(ours.Spec.InitContainers ?? []).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var node = StrictModels.Write(ours);
        Merge("", node, StrictModels.Pruned(template));
        var pod = StrictModels.Read<V1Pod>(node);
        foreach (var added in pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []).Where(c => !names.Contains(c.Name)))
            added.SecurityContext = PodSecurity.Completed(added.SecurityContext);
        return pod;
    }

    private static void Merge(string path, JsonObject ours, JsonObject over)
    {
        foreach (var (name, value) in over)
        {
            var child = path.Length == 0 ? name : $"{path}.{name}";
            if (ours[name] is JsonArray list && value is JsonArray more && s_keys.TryGetValue(child, out var key))
                MergeList(child, list, more, key);
            else if (child == "spec.tolerations" && ours[name] is JsonArray tolerations && value is JsonArray appended)
                Append(tolerations, appended);
            else if (ours[name] is JsonObject map && value is JsonObject members && s_merged.Contains(child))
                Merge(child, map, members);
            else
                ours[name] = value?.DeepClone();
        }
    }

    private static void MergeList(string path, JsonArray ours, JsonArray over, string key)
    {
        foreach (var item in over.OfType<JsonObject>())
        {
            var index = ours.Select((o, i) => (o, i)).Where(o => Text(o.o![key]) == Text(item[key])).Select(o => o.i).DefaultIfEmpty(-1).First();
            if (index < 0)
                ours.Add(item.DeepClone());
            else if (s_merged.Contains(path))
                Merge(path, ours[index]!.AsObject(), item);
            else
                ours[index] = item.DeepClone();
        }
    }

    private static void Append(JsonArray ours, JsonArray over)
    {
        foreach (var item in over)
            ours.Add(item?.DeepClone());
    }

    private static string? Text(JsonNode? node) => node?.GetValue<string>();
}
