using Azure.Storage.Blobs;

namespace FedOperator.Core.Storage;

/// <summary>The client of one Azure container, made anew when its credential changes.</summary>
internal sealed class AzureContainer
{
    private readonly BlobStoreOptions _options;
    private readonly CredentialSource? _credentials;
    private volatile BlobContainerClient _client;

    /// <summary>A container whose client never changes.</summary>
    public AzureContainer(BlobContainerClient client, BlobStoreOptions options) => (Name, _client, _options) = (client.Name, client, options);

    /// <summary>A container at a URL with its signature, which never changes.</summary>
    public AzureContainer(Uri url, BlobStoreOptions options)
        : this(new BlobContainerClient(url, options.ClientOptions()), options)
    {
    }

    /// <summary>A container whose URL, signature included, comes from a source that renews it.</summary>
    /// <exception cref="BlobStoreException">The source has no entry for it.</exception>
    public AzureContainer(string name, CredentialSource credentials, BlobStoreOptions options)
        : this(credentials.UrlOf(name), options) => (Name, _credentials) = (name, credentials);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>When the credential ended; null where it has not, or does not say.</summary>
    public DateTimeOffset? Ended => _credentials?.Ends is { } ends && ends <= _options.Time.GetUtcNow() ? ends : null;

    /// <summary>The client with the newest known credential.</summary>
    public async ValueTask<BlobContainerClient> ClientAsync(CancellationToken cancellationToken)
    {
        if (_credentials is null)
            return _client;
        await _credentials.RenewIfDueAsync(cancellationToken).ConfigureAwait(false);
        var url = _credentials.UrlOf(Name);
        var client = _client;
        if (client.Uri != url)
            _client = client = new BlobContainerClient(url, _options.ClientOptions());
        return client;
    }

    /// <summary>Asks for the credential again after a refusal; true if there is another one.</summary>
    /// <param name="refused">The client that was refused.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public async Task<bool> RefreshAsync(BlobContainerClient refused, CancellationToken cancellationToken) =>
        _credentials is not null && await _credentials.RefreshAsync(Name, refused.Uri, cancellationToken).ConfigureAwait(false);
}
