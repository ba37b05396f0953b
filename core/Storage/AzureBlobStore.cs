using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace FedOperator.Core.Storage;

/// <summary>A container of Azure Blob Storage. Does not retry: see <see cref="RetryingBlobStore"/>; but a refused credential is read again, once a call.</summary>
public sealed class AzureBlobStore : IBlobStore
{
    private readonly AzureContainer _container;

    internal AzureBlobStore(AzureContainer container) => _container = container;

    /// <inheritdoc/>
    public string Name => _container.Name;

    /// <inheritdoc/>
    public Task<BlobProperties?> StatAsync(string name, CancellationToken cancellationToken) =>
        CallAsync<BlobProperties?>(name, async client =>
        {
            try
            {
                var properties = (await client.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
                return new BlobProperties(properties.ContentLength, properties.ETag.ToString());
            }
            catch (RequestFailedException fault) when (fault.Status == 404)
            {
                return null;
            }
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<BlobRead> ReadAsync(string name, long maximumLength, string? ifNoneMatch, CancellationToken cancellationToken) =>
        CallAsync(name, async client =>
        {
            try
            {
                var options = new BlobDownloadOptions { Conditions = ifNoneMatch is null ? null : new BlobRequestConditions { IfNoneMatch = new ETag(ifNoneMatch) } };
                var response = await client.GetBlobClient(name).DownloadStreamingAsync(options, cancellationToken);
                if (response.GetRawResponse().Status == 304)
                    return new BlobRead(BlobReadStatus.NotModified, default, ifNoneMatch);
                using var download = response.Value;
                if (download.Details.ContentLength > maximumLength)
                    throw new BlobStoreException(BlobFault.TooLong, $"{Name}/{name}: {download.Details.ContentLength} bytes, at most {maximumLength} are accepted");
                var content = new byte[download.Details.ContentLength];
                await FillAsync(name, download.Content, content, cancellationToken);
                return new BlobRead(BlobReadStatus.Found, content, download.Details.ETag.ToString());
            }
            catch (RequestFailedException fault) when (fault.Status is 304 or 404)
            {
                return fault.Status == 304 ? new BlobRead(BlobReadStatus.NotModified, default, ifNoneMatch) : new BlobRead(BlobReadStatus.Absent, default, null);
            }
        }, cancellationToken);

    /// <inheritdoc/>
    public async Task ReadRangeAsync(string name, long offset, Memory<byte> destination, string? ifMatch, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        await CallAsync(name, async client =>
        {
            // a range of no bytes cannot be asked for: then the conditions are all there is to check
            var conditions = ifMatch is null ? null : new BlobRequestConditions { IfMatch = new ETag(ifMatch) };
            if (destination.IsEmpty)
            {
                await client.GetBlobClient(name).GetPropertiesAsync(conditions, cancellationToken);
                return true;
            }
            var options = new BlobDownloadOptions { Range = new HttpRange(offset, destination.Length), Conditions = conditions };
            using var download = (await client.GetBlobClient(name).DownloadStreamingAsync(options, cancellationToken)).Value;
            if (download.Details.ContentLength < destination.Length)
                throw new BlobStoreException(BlobFault.Missing, $"{Name}/{name}: ends at byte {offset + download.Details.ContentLength}, {offset + destination.Length} were asked for");
            await FillAsync(name, download.Content, destination, cancellationToken);
            return true;
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<string?> CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        UploadAsync(name, content, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken);

    /// <inheritdoc/>
    public Task<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken) =>
        UploadAsync(name, content, ifMatch is null ? null : new BlobRequestConditions { IfMatch = new ETag(ifMatch) }, cancellationToken);

    /// <inheritdoc/>
    public Task<IBlobDraft> DraftAsync(CancellationToken cancellationToken) => Task.FromResult<IBlobDraft>(new AzureBlobDraft(this));

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        BlobNames.CheckPrefix(Name, prefix);
        string? next = null;
        do
        {
            var (rows, token) = await CallAsync(null, async client => await PageAsync(client, prefix, next, cancellationToken), cancellationToken);
            foreach (var row in rows)
                yield return row;
            next = token;
        }
        while (!string.IsNullOrEmpty(next));
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        CallAsync(name, async client => (await client.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellationToken)).Value, cancellationToken);

    /// <summary>Runs a call; a refusal with an old credential is tried again with the new one.</summary>
    internal async Task<T> CallAsync<T>(string? name, Func<BlobContainerClient, Task<T>> call, CancellationToken cancellationToken)
    {
        if (name is not null)
            BlobNames.Check(Name, name);
        while (true)
        {
            var client = await _container.ClientAsync(cancellationToken);
            RequestFailedException refused;
            try
            {
                return await call(client);
            }
            catch (RequestFailedException fault) when (fault.Status is 401 or 403)
            {
                refused = fault;
            }
            catch (Exception fault) when (AzureFaults.Known(fault, cancellationToken))
            {
                throw AzureFaults.Map(fault, Name, name);
            }
            if (!await _container.RefreshAsync(client, cancellationToken))
                throw AzureFaults.Map(refused, Name, name, _container.Ended);
        }
    }

    /// <summary>True for the answers to a conditional write whose condition does not hold.</summary>
    internal static bool ConditionFailed(RequestFailedException fault) =>
        fault.Status == 412 || (fault.Status == 409 && fault.ErrorCode == BlobErrorCode.BlobAlreadyExists);

    private static async Task<(List<BlobItem> Rows, string? Next)> PageAsync(BlobContainerClient client, string prefix, string? from, CancellationToken cancellationToken)
    {
        var rows = new List<BlobItem>();
        try
        {
            await foreach (var page in client.GetBlobsAsync(prefix: prefix, cancellationToken: cancellationToken).AsPages(from))
            {
                rows.AddRange(page.Values.Select(b => new BlobItem(b.Name, b.Properties.ContentLength ?? 0)));
                return (rows, page.ContinuationToken);
            }
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            // no such container: no blobs, as with a folder
        }
        return (rows, null);
    }

    private Task<string?> UploadAsync(string name, ReadOnlyMemory<byte> content, BlobRequestConditions? conditions, CancellationToken cancellationToken) =>
        CallAsync<string?>(name, async client =>
        {
            try
            {
                // always one request: blocks of rivals for one name would mix
                var options = new BlobUploadOptions { Conditions = conditions, TransferOptions = new() { InitialTransferSize = content.Length + 1L } };
                return (await client.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), options, cancellationToken)).Value.ETag.ToString();
            }
            catch (RequestFailedException fault) when (ConditionFailed(fault) || (conditions?.IfMatch is not null && fault.Status == 404))
            {
                return null;
            }
        }, cancellationToken);

    private async Task FillAsync(string name, Stream content, Memory<byte> destination, CancellationToken cancellationToken)
    {
        var read = await content.ReadAtLeastAsync(destination, destination.Length, throwOnEndOfStream: false, cancellationToken);
        if (read < destination.Length)
            throw new BlobStoreException(BlobFault.Unavailable, $"{Name}/{name}: the connection ended after {read} of {destination.Length} bytes");
    }
}
