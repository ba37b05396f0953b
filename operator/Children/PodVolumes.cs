using System.Globalization;
using FedOperator.Core.Api;
using k8s.Models;

namespace FedOperator.Operator.Children;

/// <summary>What our containers mount: the credential or the storage claim, the data, and /tmp.</summary>
internal static class PodVolumes
{
    /// <summary>Where /tmp is: the root file system is read-only.</summary>
    public const string Temporary = "/tmp";

    /// <summary>Stands for a client's number in its group, in the name of a data claim.</summary>
    public const string ClientIndex = "$(CLIENT_INDEX)";

    // Owner and group may read; the group is the pod's.
    private const int ReadOnlyMode = 0b100_100_000;

    /// <summary>The volume and mount by which a process reaches the ledger.</summary>
    /// <param name="storage">The job's storage.</param>
    /// <param name="secret">Which Secret has its key.</param>
    /// <param name="process">Whose key it is.</param>
    public static (V1Volume Volume, V1VolumeMount Mount) Ledger(StorageSpec storage, string secret, string process) => storage.Volume is { } claim
        ? (new V1Volume { Name = PodNames.StorageVolume, PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = claim.ClaimName } },
            new V1VolumeMount { Name = PodNames.StorageVolume, MountPath = ChildNames.StorageClaimPath })
        : (new V1Volume
        {
            Name = PodNames.CredentialVolume,
            Secret = new V1SecretVolumeSource
            {
                SecretName = secret,
                DefaultMode = ReadOnlyMode,
                Items = [new V1KeyToPath { Key = ChildNames.SecretKey(process), Path = Path.GetFileName(ChildNames.CredentialFile) }],
            },
        },
            // The folder, not the file: a subPath would not follow renewals.
            new V1VolumeMount { Name = PodNames.CredentialVolume, MountPath = Path.GetDirectoryName(ChildNames.CredentialFile), ReadOnlyProperty = true });

    /// <summary>The volume with a client's data, and its mount; null where the job mounts none.</summary>
    /// <param name="data">The client's data.</param>
    /// <param name="index">The client's number in its group.</param>
    public static (V1Volume Volume, V1VolumeMount Mount)? Data(DataSpec data, int index)
    {
        if (data.Volume is not { } source)
            return null;
        var volume = StrictModels.Read<V1Volume>(source);
        volume.Name = PodNames.DataVolume;
        if (volume.PersistentVolumeClaim is { } claim)
            claim.ClaimName = claim.ClaimName?.Replace(ClientIndex, index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return (volume, new V1VolumeMount { Name = PodNames.DataVolume, MountPath = data.Path, ReadOnlyProperty = true });
    }

    /// <summary>An empty volume at /tmp.</summary>
    public static (V1Volume Volume, V1VolumeMount Mount) Scratch() =>
        (new V1Volume { Name = PodNames.TemporaryVolume, EmptyDir = new V1EmptyDirVolumeSource() }, new V1VolumeMount { Name = PodNames.TemporaryVolume, MountPath = Temporary });
}
