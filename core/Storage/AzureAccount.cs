using Azure.Core;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;

namespace FedOperator.Core.Storage;

/// <summary>A whole storage account, for the one process that makes containers and issues signatures: opened with the account's key, or with an identity.</summary>
internal sealed class AzureAccount
{
    private const string Probe = "probe";

    // Azure's limit for a user delegation key is seven days, by its own clock.
    private static readonly TimeSpan s_longestDelegation = TimeSpan.FromDays(7) - TimeSpan.FromMinutes(15);

    private readonly BlobServiceClient _service;
    private readonly BlobStoreOptions _options;
    private readonly bool _hasKey;
    private readonly SemaphoreSlim _delegating = new(1, 1);
    private UserDelegationKey? _delegation;

    private AzureAccount(BlobServiceClient service, bool hasKey, BlobStoreOptions options) => (_service, _hasKey, _options) = (service, hasKey, options);

    /// <summary>Opens a connection string.</summary>
    /// <exception cref="FormatException">It is none. The exception may quote the key.</exception>
    public static AzureAccount Connect(string connectionString, BlobStoreOptions options)
    {
        var service = new BlobServiceClient(connectionString, options.ClientOptions());
        return new AzureAccount(service, service.CanGenerateAccountSasUri, options);
    }

    /// <summary>Opens an account with its key.</summary>
    /// <exception cref="FormatException">The key is not base64. The exception may quote it.</exception>
    public static AzureAccount WithKey(Uri url, string key, BlobStoreOptions options) =>
        new(new BlobServiceClient(url, new StorageSharedKeyCredential(NameOf(url) ?? throw new ArgumentException("no account's URL", nameof(url)), key), options.ClientOptions()), hasKey: true, options);

    /// <summary>Opens an account with an identity.</summary>
    public static AzureAccount WithIdentity(Uri url, TokenCredential identity, BlobStoreOptions options) =>
        new(new BlobServiceClient(url, identity, options.ClientOptions()), hasKey: false, options);

    /// <summary>The account's name: the host's first label, or the path of an emulator's URL. Null where Azure's client could not use such a URL.</summary>
    public static string? NameOf(Uri url)
    {
        var container = new BlobUriBuilder(new Uri(url.AbsoluteUri.TrimEnd('/') + "/" + Probe));
        if (container.BlobContainerName != Probe || container.BlobName.Length > 0)
            return null;
        return string.IsNullOrEmpty(container.AccountName) ? url.Host.Split('.')[0] : container.AccountName;
    }

    /// <summary>A container's client.</summary>
    public AzureContainer Container(string name) => new(_service.GetBlobContainerClient(name), _options);

    /// <summary>Creates a container; one that is there is no error.</summary>
    public Task CreateAsync(string name, CancellationToken cancellationToken) =>
        CallAsync(name, () => _service.GetBlobContainerClient(name).CreateIfNotExistsAsync(cancellationToken: cancellationToken), cancellationToken);

    /// <summary>Deletes a container; one that is not there is no error.</summary>
    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        CallAsync(name, () => _service.GetBlobContainerClient(name).DeleteIfExistsAsync(cancellationToken: cancellationToken), cancellationToken);

    /// <summary>The containers whose names start with a prefix.</summary>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<string>>(prefix, async () =>
        {
            var names = new List<string>();
            await foreach (var container in _service.GetBlobContainersAsync(prefix: prefix, cancellationToken: cancellationToken).ConfigureAwait(false))
                names.Add(container.Name);
            return names;
        }, cancellationToken);

    /// <summary>Gets ready to sign URLs.</summary>
    /// <param name="from">Their start.</param>
    /// <param name="until">Their end; with an identity at most (almost) seven days from now.</param>
    /// <param name="cancellationToken">Cancels the request for a key.</param>
    /// <exception cref="InvalidOperationException">Opened with a connection string without a key.</exception>
    public async Task<ContainerSigner> SignerAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var secure = _service.Uri.Scheme == Uri.UriSchemeHttps;
        BlobSasBuilder Sas(string container, ContainerAccess access)
        {
            var sas = new BlobSasBuilder { BlobContainerName = container, Resource = "c", StartsOn = from, ExpiresOn = until };
            if (secure)
                sas.Protocol = SasProtocol.Https;
            sas.SetPermissions(access.ToSas());
            return sas;
        }

        if (_hasKey)
            return new ContainerSigner((container, access) => _service.GetBlobContainerClient(container).GenerateSasUri(Sas(container, access)), until);
        var now = _options.Time.GetUtcNow();
        until = until < now + s_longestDelegation ? until : now + s_longestDelegation;
        var key = await DelegationAsync(from, until, cancellationToken).ConfigureAwait(false);
        return new ContainerSigner(
            (container, access) => new BlobUriBuilder(_service.GetBlobContainerClient(container).Uri) { Sas = Sas(container, access).ToSasQueryParameters(key, NameOf(_service.Uri)) }.ToUri(),
            until);
    }

    /// <summary>A user delegation key that covers that time: the one before as long as it does.</summary>
    private async Task<UserDelegationKey> DelegationAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await _delegating.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_delegation is { } known && known.SignedStartsOn <= from && until <= known.SignedExpiresOn)
                return known;
            var now = _options.Time.GetUtcNow();
            var fresh = await CallAsync("", () => _service.GetUserDelegationKeyAsync(from, now + s_longestDelegation, cancellationToken), cancellationToken).ConfigureAwait(false);
            return _delegation = fresh.Value;
        }
        finally
        {
            _delegating.Release();
        }
    }

    private async Task<T> CallAsync<T>(string container, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception fault) when (AzureFaults.Known(fault, cancellationToken))
        {
            throw AzureFaults.Map(fault, container.Length == 0 ? NameOf(_service.Uri)! : container, null);
        }
    }
}
