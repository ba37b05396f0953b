using System.Globalization;
using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Win32.SafeHandles;

namespace FedOperator.Core.Storage;

/// <summary>A large blob on its way to Azure. Its name is known last, and blocks belong to a name: so it waits in memory, or beyond <see cref="BlockLength"/> in a local temporary file.</summary>
internal sealed class AzureBlobDraft : IBlobDraft
{
    /// <summary>Bytes of a block, and of the largest blob that is sent in one request.</summary>
    public const int BlockLength = 8 << 20;

    private readonly AzureBlobStore _store;
    private readonly HashSet<string> _staged = new(StringComparer.Ordinal);
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly MemoryStream _start = new();
    private SafeFileHandle? _file;
    private string? _stagedFor;
    private long _length;

    public AzureBlobDraft(AzureBlobStore store)
    {
        _store = store;
        Content = new AppendStream(AppendAsync);
    }

    public Stream Content { get; }

    public async Task<string?> CommitAsync(string name, CancellationToken cancellationToken)
    {
        if (_file is null)
            return await _store.CreateAsync(name, _start.GetBuffer().AsMemory(0, (int)_length), cancellationToken);
        if (_stagedFor != name)
            _staged.Clear();
        _stagedFor = name;
        var blocks = new List<string>();
        for (var offset = 0L; offset < _length; offset += BlockLength)
            blocks.Add(await StageAsync(name, offset, cancellationToken));
        return await _store.CallAsync<string?>(name, async client =>
        {
            try
            {
                var options = new CommitBlockListOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
                return (await client.GetBlockBlobClient(name).CommitBlockListAsync(blocks, options, cancellationToken)).Value.ETag.ToString();
            }
            catch (RequestFailedException fault) when (AzureBlobStore.ConditionFailed(fault))
            {
                return null;
            }
            catch (RequestFailedException fault) when (fault.ErrorCode == BlobErrorCode.InvalidBlockList)
            {
                // somebody else committed the name meanwhile, which discards everybody's staged blocks
                _staged.Clear();
                throw new BlobStoreException(BlobFault.Unavailable, $"{_store.Name}/{name}: its staged blocks are gone");
            }
        }, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _file?.Dispose();
        _start.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (_file is null && _length + data.Length <= BlockLength)
        {
            _start.Write(data.Span);
        }
        else
        {
            if (_file is null)
            {
                var path = Path.Join(Path.GetTempPath(), "fed-draft-" + Guid.NewGuid().ToString("N"));
                _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
                // gone from the folder at once: a killed process leaves nothing
                File.Delete(path);
                await RandomAccess.WriteAsync(_file, _start.GetBuffer().AsMemory(0, (int)_length), 0, cancellationToken);
            }
            await RandomAccess.WriteAsync(_file, data, _length, cancellationToken);
        }
        _length += data.Length;
    }

    private async Task<string> StageAsync(string name, long offset, CancellationToken cancellationToken)
    {
        // of this draft alone: blocks of another draft of the same name cannot mix with these
        var id = Convert.ToBase64String(Encoding.ASCII.GetBytes(_id + (offset / BlockLength).ToString("D8", CultureInfo.InvariantCulture)));
        if (_staged.Contains(id))
            return id;
        var block = new byte[Math.Min(BlockLength, _length - offset)];
        for (var read = 0; read < block.Length;)
            read += await RandomAccess.ReadAsync(_file!, block.AsMemory(read), offset + read, cancellationToken);
        await _store.CallAsync(name, async client =>
        {
            using var content = new MemoryStream(block, writable: false);
            return await client.GetBlockBlobClient(name).StageBlockAsync(id, content, cancellationToken: cancellationToken);
        }, cancellationToken);
        _staged.Add(id);
        return id;
    }
}
