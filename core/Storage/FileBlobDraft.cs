namespace FedOperator.Core.Storage;

/// <summary>A large blob of a <see cref="FileBlobStore"/> being written.</summary>
internal sealed class FileBlobDraft : IBlobDraft
{
    private const int BufferLength = 1 << 16;
    private readonly FileBlobStore _store;
    private readonly TemporaryFile _file;

    public FileBlobDraft(FileBlobStore store, TemporaryFile file)
    {
        (_store, _file) = (store, file);
        Content = new BufferedStream(new AppendStream((data, _) =>
        {
            file.Append(data.Span);
            return ValueTask.CompletedTask;
        }), BufferLength);
    }

    public Stream Content { get; }

    public async Task<string?> CommitAsync(string name, CancellationToken cancellationToken)
    {
        await Content.FlushAsync(cancellationToken);
        return _store.Link(name, _file);
    }

    public async ValueTask DisposeAsync() => await _file.DisposeAsync();
}
