using Azure.Core;

namespace FedOperator.Core.Storage;

/// <summary>Opens containers at a store's address.</summary>
/// <remarks>
/// A process of a job opens `file:///folder`, whose sub-folders are the containers, or `https://ACCOUNT` (or http) with a credential file that has a URL with its own signature for each container.
/// Whoever creates containers and issues those signatures opens the whole account: with an Azure connection string, with its key, or with an identity. All but folders are retried (<see cref="RetryingBlobStore"/>).
/// </remarks>
public sealed class BlobStores
{
    // Clocks differ.
    private static readonly TimeSpan s_past = TimeSpan.FromMinutes(5);

    private readonly string? _folder;
    private readonly CredentialSource? _credentials;
    private readonly AzureAccount? _account;
    private readonly BlobStoreOptions _options;

    private BlobStores(string? folder, CredentialSource? credentials, AzureAccount? account, BlobStoreOptions options) =>
        (_folder, _credentials, _account, _options) = (folder, credentials, account, options);

    /// <summary>Opens an address.</summary>
    /// <param name="address">`file:///folder`, `https://ACCOUNT`, or a connection string.</param>
    /// <param name="credentialFile">For an account's URL: where the containers' URLs are; read again after a refusal, and from half of their lifetime on.</param>
    /// <param name="options">Default: <see cref="BlobStoreOptions"/>'s.</param>
    /// <exception cref="ArgumentException">None of the three, or an account's URL without a credential file. The message does not repeat the address.</exception>
    public static BlobStores Open(string address, string? credentialFile = null, BlobStoreOptions? options = null)
    {
        options ??= new BlobStoreOptions();
        options.Retry.Validate();
        if (Uri.TryCreate(address, UriKind.Absolute, out var url) && url.IsFile && url.IsLoopback)
            return new BlobStores(url.LocalPath, null, null, options);
        if (url is { Scheme: "http" or "https" })
        {
            return credentialFile is null
                ? throw new ArgumentException("the address of an account needs a credential file", nameof(address))
                : new BlobStores(null, new CredentialSource(new CredentialFile(credentialFile), options.Renewal, options), null, options);
        }
        return OpenAccount(() => AzureAccount.Connect(address, options), "not a store: expected file:///FOLDER, https://ACCOUNT, or an Azure connection string", options);
    }

    /// <summary>Opens a whole account with its key.</summary>
    /// <param name="account">`https://ACCOUNT.blob.core.windows.net`, or an emulator's `http://HOST:PORT/ACCOUNT`.</param>
    /// <param name="key">In base64.</param>
    /// <param name="options">Default: <see cref="BlobStoreOptions"/>'s.</param>
    /// <exception cref="ArgumentException">The URL names no account (<see cref="IsAccount"/>), or the key is not base64. The message does not repeat the key.</exception>
    public static BlobStores WithKey(Uri account, string key, BlobStoreOptions? options = null)
    {
        options ??= new BlobStoreOptions();
        return OpenAccount(() => AzureAccount.WithKey(account, key, options), "the account's key is not base64, or its URL names no account", options);
    }

    /// <summary>Opens a whole account with an identity that may create containers, read and write blobs, and ask for a user delegation key.</summary>
    /// <param name="account">`https://ACCOUNT.blob.core.windows.net`.</param>
    /// <param name="identity">Who asks.</param>
    /// <param name="options">Default: <see cref="BlobStoreOptions"/>'s.</param>
    public static BlobStores WithIdentity(Uri account, TokenCredential identity, BlobStoreOptions? options = null)
    {
        options ??= new BlobStoreOptions();
        options.Retry.Validate();
        return new BlobStores(null, null, AzureAccount.WithIdentity(account, identity, options), options);
    }

    /// <summary>True for a URL whose account Azure's client can tell: by its host's name, or by its path where the host is an IP address or the port one of an emulator's.</summary>
    public static bool IsAccount(Uri account) => AzureAccount.NameOf(account) is not null;

    /// <summary>Opens a container. A folder is created where it is missing; an Azure container is not asked for until it is used.</summary>
    /// <exception cref="BlobStoreException">A bad name, or no credential for it.</exception>
    public IBlobStore Container(string name)
    {
        BlobNames.CheckContainer(name);
        if (_folder is not null)
            return _options.Around(new FileBlobStore(Path.Join(_folder, name)));
        var container = _account?.Container(name) ?? new AzureContainer(name, _credentials!, _options);
        return _options.Around(new RetryingBlobStore(new AzureBlobStore(container), _options));
    }

    /// <summary>False for a folder that is not there: opening it would create it. An Azure container may be there.</summary>
    public bool MayExist(string name) => _folder is null || Directory.Exists(Path.Join(_folder, name));

    /// <summary>Creates a container; one that is there is no error.</summary>
    /// <exception cref="InvalidOperationException">Opened with a credential file, which covers containers only.</exception>
    /// <exception cref="BlobStoreException">The store refused.</exception>
    public Task CreateContainerAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.CheckContainer(name);
        return _folder is null ? Account.CreateAsync(name, cancellationToken) : InFolderAsync(name, () => Directory.CreateDirectory(Path.Join(_folder, name)));
    }

    /// <summary>Deletes a container and all its blobs; one that is not there is no error.</summary>
    /// <exception cref="InvalidOperationException">Opened with a credential file, which covers containers only.</exception>
    /// <exception cref="BlobStoreException">The store refused.</exception>
    public Task DeleteContainerAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.CheckContainer(name);
        return _folder is null ? Account.DeleteAsync(name, cancellationToken) : InFolderAsync(name, () =>
        {
            if (Directory.Exists(Path.Join(_folder, name)))
                Directory.Delete(Path.Join(_folder, name), recursive: true);
        });
    }

    /// <summary>The containers whose names start with a prefix.</summary>
    /// <exception cref="InvalidOperationException">Opened with a credential file, which covers containers only.</exception>
    /// <exception cref="BlobStoreException">The store refused.</exception>
    public async Task<IReadOnlyList<string>> ListContainersAsync(string prefix, CancellationToken cancellationToken)
    {
        if (_folder is null)
            return await Account.ListAsync(prefix, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> names = [];
        await InFolderAsync(prefix, () => names = Directory.Exists(_folder) ? [.. Directory.EnumerateDirectories(_folder, prefix + "*").Select(d => Path.GetFileName(d)!)] : []).ConfigureAwait(false);
        return names;
    }

    /// <summary>Gets ready to sign containers' URLs: from a little in the past, to a moment.</summary>
    /// <param name="until">The signatures' end; the signer's may be sooner.</param>
    /// <param name="cancellationToken">Cancels the request for a key.</param>
    /// <exception cref="InvalidOperationException">Not a whole account, or opened with a connection string without a key.</exception>
    /// <exception cref="BlobStoreException">The store refused.</exception>
    public Task<ContainerSigner> SignerAsync(DateTimeOffset until, CancellationToken cancellationToken) =>
        Account.SignerAsync(_options.Time.GetUtcNow() - s_past, until, cancellationToken);

    /// <summary>Writes a credential file, readable by its owner only, whole or not at all.</summary>
    public static void WriteCredentialFile(string path, byte[] content) => CredentialFile.Write(path, content);

    /// <summary>The content of a credential file that <see cref="Open"/> accepts: a URL of a <see cref="ContainerSigner"/> by container. Secret.</summary>
    public static byte[] CredentialContent(IReadOnlyDictionary<string, Uri> containers) => CredentialSet.Write(containers);

    private AzureAccount Account =>
        _account ?? throw new InvalidOperationException("only a store opened as a whole account creates containers and issues signatures");

    private static BlobStores OpenAccount(Func<AzureAccount> open, string otherwise, BlobStoreOptions options)
    {
        options.Retry.Validate();
        try
        {
            return new BlobStores(null, null, open(), options);
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException or InvalidOperationException)
        {
#pragma warning disable MA0054 // no inner exception: it may quote the account's key
            throw new ArgumentException(otherwise);
#pragma warning restore MA0054
        }
    }

    private static Task InFolderAsync(string name, Action action)
    {
        try
        {
            action();
            return Task.CompletedTask;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Task.FromException(new BlobStoreException(fault is IOException ? BlobFault.Unavailable : BlobFault.Denied, $"{name}: {fault.Message}", fault));
        }
    }
}
