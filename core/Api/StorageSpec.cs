namespace FedOperator.Core.Api;

/// <summary>Where the ledger lies: exactly one of <see cref="AzureBlob"/> and <see cref="Volume"/>.</summary>
public sealed record StorageSpec
{
    /// <summary>An Azure storage account.</summary>
    public AzureBlobSpec? AzureBlob { get; init; }

    /// <summary>A volume that all pods share.</summary>
    public VolumeStorageSpec? Volume { get; init; }

    /// <summary>What is kept.</summary>
    public RetentionSpec Retention { get; init; } = new();
}

/// <summary>An Azure storage account.</summary>
public sealed record AzureBlobSpec
{
    /// <summary>`https://ACCOUNT.blob.core.windows.net`, without a SAS.</summary>
    public required string AccountUrl { get; init; }

    /// <summary>Name of the Secret that holds the account key; absent: the operator's workload identity.</summary>
    public string? CredentialsSecret { get; init; }
}

/// <summary>A volume that all pods share (ReadWriteMany).</summary>
public sealed record VolumeStorageSpec
{
    /// <summary>Name of the PersistentVolumeClaim.</summary>
    public required string ClaimName { get; init; }
}
