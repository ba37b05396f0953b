using Azure.Storage.Blobs;

namespace FedOperator.Core.Storage;

/// <summary>The client of one Azure container, made anew when its credential changes.</summary>
internal sealed class AzureContainer
{
    private readonly Func<Uri>? _source;
    private readonly BlobClientOptions _options;
    private volatile BlobContainerClient _client;

    /// <summary>A container whose credential never changes.</summary>
    public AzureContainer(BlobContainerClient client, BlobClientOptions options) => (_client, _options) = (client, options);

    /// <summary>A container whose address, SAS included, comes from a source that is asked again after a refusal.</summary>
    public AzureContainer(Func<Uri> source, BlobClientOptions options)
    {
        (_source, _options) = (source, options);
        _client = new BlobContainerClient(source(), options);
    }

    public BlobContainerClient Client => _client;

    /// <summary>Asks for the credential again; true if there is a new one.</summary>
    /// <param name="refused">The client that was refused.</param>
    public bool Refresh(BlobContainerClient refused)
    {
        if (!ReferenceEquals(refused, _client))
            return true;
        if (_source is null || _source() is not { } now || now == refused.Uri)
            return false;
        _client = new BlobContainerClient(now, _options);
        return true;
    }
}
