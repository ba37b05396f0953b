using System.Text.RegularExpressions;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;
using k8s.Models;

namespace FedOperator.Operator.Children;

/// <summary>The volume with the checkpoint that a model starts from: what it may be, and where `trainer init` sees it.</summary>
internal static partial class CheckpointVolume
{
    /// <summary>What is wrong with it, as far as pods are concerned.</summary>
    public static IEnumerable<Problem> Check(string field, InitialCheckpointSpec initial, CredentialSecrets secrets, OperatorSettings settings)
    {
        if (!AbsolutePath().IsMatch(initial.Path))
            yield return new Problem(field + ".path", initial.Path, "is not an absolute path without `..` and colon", "give the file as the aggregator's pod sees it, for example /models/resnet34.safetensors (`fed run` takes relative paths too)");
        else if (initial.Volume is not null && Folder(initial) is "/" or "")
            yield return new Problem(field + ".path", initial.Path, "lies in the root folder, where no volume can be mounted", "give a file in a folder, for example /models/resnet34.safetensors");
        else if (initial.Volume is not null && DataVolumes.IsTaken(Folder(initial)))
            yield return new Problem(field + ".path", initial.Path, "lies where the pod has something else", "give a file in another folder, for example /models/resnet34.safetensors");
        if (initial.Volume is null)
            yield break;
        foreach (var problem in DataVolumes.Source(field + ".volume", initial.Volume, secrets, settings).Problems)
            yield return problem;
    }

    /// <summary>The volume, and its mount at the folder of the file; null where the job mounts none: the file is in the image, or a podTemplate brings it.</summary>
    public static (V1Volume Volume, V1VolumeMount Mount)? Mount(InitialCheckpointSpec initial)
    {
        if (initial.Volume is not { } source)
            return null;
        var volume = StrictModels.Read<V1Volume>(source);
        volume.Name = PodNames.CheckpointVolume;
        return (volume, new V1VolumeMount { Name = PodNames.CheckpointVolume, MountPath = Folder(initial), ReadOnlyProperty = true });
    }

    private static string Folder(InitialCheckpointSpec initial) => Path.GetDirectoryName(initial.Path)!;

    [GeneratedRegex(DataRules.PathPattern, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AbsolutePath();
}
