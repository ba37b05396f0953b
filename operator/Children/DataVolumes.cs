using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;
using k8s.Models;

namespace FedOperator.Operator.Children;

/// <summary>What may be mounted: the kinds of volumes, and where data, and the checkpoint to start from, may lie.</summary>
internal static class DataVolumes
{
    /// <summary>What is wrong with a data spec, as far as pods are concerned.</summary>
    public static IEnumerable<Problem> Check(string field, DataSpec data, CredentialSecrets secrets, OperatorSettings settings)
    {
        if (data.Path.Contains(PodVolumes.ClientIndex, StringComparison.Ordinal))
            yield return new Problem(field + ".path", data.Path, "differs by client", $"give one path: {PodVolumes.ClientIndex} is replaced in {field}.volume.persistentVolumeClaim.claimName only");
        if (data.Volume is not { } volume)
            yield break;
        if (IsTaken(data.Path))
            yield return new Problem(field + ".path", data.Path, "is where the pod has something else", "give another folder, for example /data");
        var problems = Source(field + ".volume", volume, secrets, settings);
        foreach (var problem in problems.Problems)
            yield return problem;
        if (problems.IsVolume && Misplaced(volume))
            yield return new Problem(field + ".volume", StrictModels.Show(volume), $"has {PodVolumes.ClientIndex} outside a claim's name", "use it in persistentVolumeClaim.claimName only");
    }

    /// <summary>What is wrong with where a volume comes from, and whether it has the shape of one.</summary>
    public static (IReadOnlyList<Problem> Problems, bool IsVolume) Source(string field, JsonObject volume, CredentialSecrets secrets, OperatorSettings settings)
    {
        var shape = StrictModels.Check<V1Volume>(field, volume, "pod.spec.volumes");
        var pruned = StrictModels.Pruned(volume);
        return shape.Count > 0 ? (shape, false) : ([.. Kind(field, pruned, settings), .. secrets.Check(field, pruned)], true);
    }

    /// <summary>What is wrong with the kind of a volume.</summary>
    public static IEnumerable<Problem> Kind(string field, JsonObject volume, OperatorSettings settings)
    {
        var kinds = volume.Select(m => m.Key).Where(k => k != "name").ToList();
        if (kinds.Count != 1)
            yield return new Problem(field, StrictModels.Show(volume), "does not name exactly one kind of volume", "give one, for example persistentVolumeClaim");
        foreach (var kind in kinds.Where(k => !settings.AllowedVolumeKinds.Contains(k, StringComparer.Ordinal)))
            yield return new Problem($"{field}.{kind}", null, "is a kind of volume that this operator does not allow", $"use one of {string.Join(", ", settings.AllowedVolumeKinds)}, or ask the cluster's administrator for it");
    }

    /// <summary>Whether something of ours lies at, in or around a path.</summary>
    public static bool IsReserved(string path) =>
        new[] { Path.GetDirectoryName(ChildNames.CredentialFile)!, ChildNames.StorageClaimPath }.Any(ours => Within(path, ours) || Within(ours, path));

    /// <summary>Whether a pod has something of ours at, in or around a path, /tmp included.</summary>
    public static bool IsTaken(string path) => IsReserved(path) || Within(path, PodVolumes.Temporary) || Within(PodVolumes.Temporary, path);

    private static bool Within(string path, string folder) => (path.TrimEnd('/') + "/").StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static bool Misplaced(JsonObject volume)
    {
        var copy = volume.DeepClone();
        if (copy["persistentVolumeClaim"] is JsonObject claim)
            claim.Remove("claimName");
        // As text, the parentheses are as they are; only non-ASCII and a few signs are escaped.
        return copy.ToJsonString().Contains(PodVolumes.ClientIndex, StringComparison.Ordinal);
    }
}
