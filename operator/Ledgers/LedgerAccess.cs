using System.Collections.Concurrent;
using System.Text;
using Azure.Core;
using Azure.Identity;
using FedOperator.Core.Api;
using FedOperator.Core.Storage;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Ledgers;

/// <summary>Opens a job's storage with the operator's own access: with the account's key of a Secret, with the operator's identity, or the one claim that it mounts.</summary>
/// <param name="settings">Which accounts and which claim it serves.</param>
/// <param name="readSecret">Reads a labelled Secret of a job's namespace; null where there is none, or it lacks the label.</param>
/// <param name="options">How stores behave.</param>
/// <param name="identity">Null: the one that Azure gives the process.</param>
internal sealed class LedgerAccess(
    OperatorSettings settings, Func<string, string, CancellationToken, Task<IReadOnlyDictionary<string, byte[]>?>> readSecret, BlobStoreOptions options, TokenCredential? identity)
{
    private const string UrlField = "spec.storage.azureBlob.accountUrl";
    private const string SecretField = "spec.storage.azureBlob.credentialsSecret";
    private const string ClaimField = "spec.storage.volume.claimName";

    // One for each allowed account: it keeps a user delegation key.
    private readonly ConcurrentDictionary<string, BlobStores> _byIdentity = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lazy<TokenCredential> _identity = new(() => identity ?? Ambient());

    /// <summary>Names a job's storage by its host: jobs with the same share its outages.</summary>
    public static string Place(StorageSpec storage) => storage.AzureBlob is { } azure
        ? Uri.TryCreate(azure.AccountUrl, UriKind.Absolute, out var url) ? url.GetLeftPart(UriPartial.Authority) : azure.AccountUrl
        : "claim " + storage.Volume?.ClaimName;

    /// <summary>Opens it.</summary>
    /// <exception cref="LedgerAccessException">Why it cannot be opened, and what to do.</exception>
    public async Task<LedgerLogin> OpenAsync(JobKey job, StorageSpec storage, CancellationToken cancellationToken)
    {
        if (storage.AzureBlob is not { } azure)
            return new LedgerLogin(storage, Claim(storage.Volume?.ClaimName), Key: null);
        var url = Account(azure.AccountUrl);
        if (azure.CredentialsSecret is not { } secret)
            return new LedgerLogin(storage, ByIdentity(url), Key: null);
        var key = await KeyAsync(job, secret, cancellationToken).ConfigureAwait(false);
        try
        {
            return new LedgerLogin(storage, BlobStores.WithKey(url, key, options), LedgerLogin.NameOf(key));
        }
        catch (ArgumentException)
        {
            throw Trouble(LedgerTroubles.CredentialsRefused, $"{SecretField} {secret}: its key {ChildNames.AccountKey} is not an account's key (base64); copy it as the storage account shows it.");
        }
    }

    private static Uri Account(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && BlobStores.IsAccount(url!)
            ? url!
            : throw Trouble(
                LedgerTroubles.AccountNotAllowed,
                $"{UrlField} {text}: no account's name can be told from it; give https://ACCOUNT.blob.core.windows.net, or for an emulator http://HOST:PORT/ACCOUNT with an IP address as host, or port 10000.");

    private async Task<string> KeyAsync(JobKey job, string secret, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, byte[]>? data;
        try
        {
            data = await readSecret(job.Namespace, secret, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new LedgerAccessException(new LedgerTrouble(LedgerTroubles.StorageUnavailable, $"{SecretField} {secret}: the Secret could not be read: {e.Message}"), e);
        }
        var label = $"{ChildNames.StorageCredentialLabel}=true";
        if (data is null)
        {
            throw Trouble(
                LedgerTroubles.CredentialsSecretMissing,
                $"{SecretField} {secret}: namespace {job.Namespace} has no such Secret with the label {label}. Create it with `kubectl create secret generic {secret} --from-literal={ChildNames.AccountKey}=KEY`, and label it with `kubectl label secret {secret} {label}`.");
        }
        return data.TryGetValue(ChildNames.AccountKey, out var key) && key.Length > 0
            ? Encoding.UTF8.GetString(key).Trim()
            : throw Trouble(
                LedgerTroubles.CredentialsSecretMissing,
                $"{SecretField} {secret}: the Secret has no key {ChildNames.AccountKey}{(data.Count > 0 ? $" (it has {string.Join(", ", data.Keys.Order(StringComparer.Ordinal))})" : "")}; put the storage account's key there.");
    }

    private BlobStores ByIdentity(Uri url)
    {
        if (!settings.AllowedAccounts.Contains(url.Authority, StringComparer.OrdinalIgnoreCase))
        {
            var allowed = settings.AllowedAccounts.Count == 0 ? "nowhere" : "only at " + string.Join(", ", settings.AllowedAccounts);
            throw Trouble(
                LedgerTroubles.AccountNotAllowed,
                $"{UrlField} {url.GetLeftPart(UriPartial.Authority)}: the operator may use its own identity {allowed}. Name a Secret with the account's key in {SecretField}, or have the host added to the operator's allowed accounts.");
        }
        if (url.Scheme != Uri.UriSchemeHttps)
            throw Trouble(LedgerTroubles.AccountNotAllowed, $"{UrlField} {url.GetLeftPart(UriPartial.Authority)}: an identity's token is sent over https only.");
        return _byIdentity.GetOrAdd(url.Authority, _ => BlobStores.WithIdentity(url, _identity.Value, options));
    }

    private BlobStores Claim(string? claim)
    {
        if (settings.StorageClaim is null)
            throw Trouble(LedgerTroubles.ClaimNotServed, $"{ClaimField} {claim}: this operator serves no volume storage. Use storage.azureBlob, or have the claim mounted in the operator (chart value storage.claimName).");
        if (claim != settings.StorageClaim)
            throw Trouble(LedgerTroubles.ClaimNotServed, $"{ClaimField} {claim}: this operator serves the claim {settings.StorageClaim} alone. Name that one, or use storage.azureBlob.");
        return Directory.Exists(settings.StorageClaimPath)
            ? BlobStores.Open(new Uri(Path.GetFullPath(settings.StorageClaimPath)).AbsoluteUri, credentialFile: null, options)
            : throw Trouble(LedgerTroubles.StorageUnavailable, $"{ClaimField} {claim}: the operator does not see it at {settings.StorageClaimPath}; is it mounted there?");
    }

    private static DefaultAzureCredential Ambient() => new(new DefaultAzureCredentialOptions
    {
        // What a cluster gives: the rest belongs to a developer's machine.
        ExcludeAzureCliCredential = true,
        ExcludeAzureDeveloperCliCredential = true,
        ExcludeAzurePowerShellCredential = true,
        ExcludeInteractiveBrowserCredential = true,
        ExcludeVisualStudioCredential = true,
        ExcludeVisualStudioCodeCredential = true,
    });

    private static LedgerAccessException Trouble(string reason, string message) => new(new LedgerTrouble(reason, message));
}
