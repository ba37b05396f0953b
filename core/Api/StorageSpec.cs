namespace FedOperator.Core.Api;

/// <summary>Where the ledger lies: exactly one of <see cref="AzureBlob"/> and <see cref="Volume"/>.</summary>
public sealed record StorageSpec
{
    /// <summary>An Azure storage account.</summary>
    public AzureBlobSpec? AzureBlob { get; init; }

    /// <summary>A volume that all pods share, in place of <see cref="AzureBlob"/>: for clusters without an account, and pods that trust each other.</summary>
    public VolumeStorageSpec? Volume { get; init; }

    /// <summary>What is kept of the blobs.</summary>
    public RetentionSpec Retention { get; init; } = new();
}

/// <summary>An Azure storage account.</summary>
public sealed record AzureBlobSpec
{
    /// <summary>Address of the account, `https://ACCOUNT.blob.core.windows.net`, without any credential in it.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>Name of the Secret, in the job's namespace, that holds the account's key under `accountKey` and is labelled `fedoperator.io/storage-credential: "true"`. Absent: the operator's workload identity, for accounts that its administrator allows.</summary>
    public string? CredentialsSecret { get; init; }
}

/// <summary>A volume that all pods share (ReadWriteMany).</summary>
public sealed record VolumeStorageSpec
{
    /// <summary>Name of the PersistentVolumeClaim (ReadWriteMany): the one that the operator mounts too, by its setting `storage.claimName`.</summary>
    public required string ClaimName { get; init; }
}
