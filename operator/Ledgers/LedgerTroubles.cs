using Azure.Identity;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Ledgers;

/// <summary>Why a ledger is out of reach: reasons, and faults of a store in words. Never a credential in them.</summary>
internal static class LedgerTroubles
{
    /// <summary>The storage does not answer: may pass.</summary>
    public const string StorageUnavailable = nameof(StorageUnavailable);

    /// <summary>There is no Secret of that name with the label, or it lacks the key.</summary>
    public const string CredentialsSecretMissing = nameof(CredentialsSecretMissing);

    /// <summary>The storage refuses the key or the identity.</summary>
    public const string CredentialsRefused = nameof(CredentialsRefused);

    /// <summary>The operator's identity may not be used there, or the URL names no account.</summary>
    public const string AccountNotAllowed = nameof(AccountNotAllowed);

    /// <summary>Another claim than the operator mounts.</summary>
    public const string ClaimNotServed = nameof(ClaimNotServed);

    /// <summary>A document is not what it should be, or a container is gone.</summary>
    public const string LedgerCorrupt = nameof(LedgerCorrupt);

    /// <summary>A fault as a trouble; null for what is none of the storage's.</summary>
    public static LedgerTrouble? Of(Exception fault, StorageSpec storage) => fault switch
    {
        LedgerAccessException known => known.Trouble,
        BlobStoreException { Fault: BlobFault.Unavailable } away => Away(away, storage),
        BlobStoreException { Fault: BlobFault.Denied } => new(CredentialsRefused, $"{Place(storage)}: {fault.Message}. {Allow(storage)}"),
        BlobStoreException { Fault: BlobFault.Missing } => new(LedgerCorrupt, $"{Place(storage)}: {fault.Message}. Were the job's containers deleted? Delete the job, and create it anew."),
        BlobStoreException or LedgerException or InvalidDataException => new(LedgerCorrupt, $"{Place(storage)}: {fault.Message}. Restore it, or delete the job and its blobs and create it anew."),
        AuthenticationFailedException => new(CredentialsRefused, $"{Place(storage)}: the operator has no identity to use there ({FirstLine(fault.Message)}). Set up workload identity for its service account, or name a Secret in spec.storage.azureBlob.credentialsSecret."),
        _ => null,
    };

    /// <summary>A storage that gave no answer: in the same words for all its jobs, whatever was asked for.</summary>
    public static LedgerTrouble Away(BlobStoreException fault, StorageSpec storage)
    {
        // CONTAINER/BLOB: CAUSE.
        var cause = fault.Message[(fault.Message.IndexOf(": ", StringComparison.Ordinal) is var colon and >= 0 ? colon + 2 : 0)..];
        // Who waited, and for how long, differs from call to call.
        string[] waited = ["CanceledException", "TimeoutException", "TimedOut"];
        return waited.Any(word => cause.Contains(word, StringComparison.Ordinal)) ? Silent(storage) : Away(cause, storage);
    }

    /// <summary>A storage that gave no answer in time.</summary>
    public static LedgerTrouble Silent(StorageSpec storage) => Away("no answer in time", storage);

    private static LedgerTrouble Away(string cause, StorageSpec storage) => new(
        StorageUnavailable,
        $"{(storage.AzureBlob is null ? "spec.storage.volume.claimName " + storage.Volume?.ClaimName : "spec.storage.azureBlob.accountUrl " + LedgerAccess.Place(storage))}: {cause}. {Reach(storage)}");

    private static string Place(StorageSpec storage) => storage.AzureBlob is { } azure ? "spec.storage.azureBlob.accountUrl " + azure.AccountUrl : "spec.storage.volume.claimName " + storage.Volume?.ClaimName;

    private static string Reach(StorageSpec storage) => storage.AzureBlob is null
        ? "Is the volume mounted, and has it space?"
        : "Is the account's name right, and may the operator reach it (network policy, firewall, proxy)?";

    private static string Allow(StorageSpec storage) => storage.AzureBlob switch
    {
        null => "The operator's user must own the claim's folder.",
        { CredentialsSecret: { } secret } => $"Is the key in the Secret {secret} that of this account, and is shared key access allowed there?",
        _ => "The operator's identity needs the roles Storage Blob Data Contributor and Storage Blob Delegator on the account.",
    };

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();
}
