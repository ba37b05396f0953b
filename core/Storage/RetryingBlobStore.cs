using System.Globalization;
using System.Runtime.CompilerServices;

namespace FedOperator.Core.Storage;

/// <summary>Tries calls again that met <see cref="BlobFault.Unavailable"/>, with exponential backoff and jitter.</summary>
/// <remarks>
/// A write whose answer was lost may have happened. So when a try after such a fault finds the name taken (or the ETag gone), the blob is compared with what was written:
/// the same content is ours, and success. A draft is content-named: there the same length is enough.
/// </remarks>
public sealed class RetryingBlobStore : IBlobStore
{
    private static readonly TimeSpan s_worthTelling = TimeSpan.FromSeconds(1);
    private readonly IBlobStore _inner;
    private readonly RetryOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string> _tell;
    private ulong _draws;

    /// <summary>Wraps a store.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public RetryingBlobStore(IBlobStore inner, BlobStoreOptions options) =>
        (_inner, _options, _time, _tell, _draws) = (inner, options.Retry.Validate(), options.Time, options.Tell, options.Retry.Seed);

    /// <inheritdoc/>
    public string Name => _inner.Name;

    /// <inheritdoc/>
    public Task<BlobProperties?> StatAsync(string name, CancellationToken cancellationToken) =>
        RetryAsync(_ => _inner.StatAsync(name, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<BlobRead> ReadAsync(string name, long maximumLength, string? ifNoneMatch, CancellationToken cancellationToken) =>
        RetryAsync(_ => _inner.ReadAsync(name, maximumLength, ifNoneMatch, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task ReadRangeAsync(string name, long offset, Memory<byte> destination, string? ifMatch, CancellationToken cancellationToken) =>
        RetryAsync(
            async _ =>
            {
                await _inner.ReadRangeAsync(name, offset, destination, ifMatch, cancellationToken);
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<string?> CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        RetryAsync(
            async attempt => await _inner.CreateAsync(name, content, cancellationToken) ?? (attempt == 1 ? null : await OursAsync(name, content, cancellationToken)),
            cancellationToken);

    /// <inheritdoc/>
    public Task<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken) =>
        RetryAsync(
            async attempt => await _inner.WriteAsync(name, content, ifMatch, cancellationToken) ?? (attempt == 1 ? null : await OursAsync(name, content, cancellationToken)),
            cancellationToken);

    /// <inheritdoc/>
    public async Task<IBlobDraft> DraftAsync(CancellationToken cancellationToken) =>
        new Draft(this, await RetryAsync(_ => _inner.DraftAsync(cancellationToken), cancellationToken));

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // whole before the first row goes out: a listing that breaks off half-way starts again without repeating rows
        var items = await RetryAsync(
            async _ =>
            {
                var rows = new List<BlobItem>();
                await foreach (var item in _inner.ListAsync(prefix, cancellationToken))
                    rows.Add(item);
                return rows;
            },
            cancellationToken);
        foreach (var item in items)
            yield return item;
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        RetryAsync(
            async _ =>
            {
                await _inner.DeleteAsync(name, cancellationToken);
                return true;
            },
            cancellationToken);

    private async Task<T> RetryAsync<T>(Func<int, Task<T>> call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call(attempt);
            }
            catch (BlobStoreException fault) when (fault.Fault == BlobFault.Unavailable && attempt < _options.Attempts)
            {
                _options.Retried?.Invoke(fault.Fault);
                var delay = _options.DelayAfter(attempt, Draw());
                if (delay >= s_worthTelling)
                    _tell(string.Create(CultureInfo.InvariantCulture, $"{fault.Message}: tried {attempt} times, again in {delay.TotalSeconds:0.0} s, {_options.Attempts} times at most"));
                await Task.Delay(delay, _time, cancellationToken);
            }
        }
    }

    private async Task<string?> OursAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var there = await StatAsync(name, cancellationToken);
        if (there is null || there.Length != content.Length)
            return null;
        var read = await ReadAsync(name, content.Length, null, cancellationToken);
        return read.Status == BlobReadStatus.Found && read.Content.Span.SequenceEqual(content.Span) ? read.ETag : null;
    }

    /// <summary>SplitMix64 over a counter, to [0, 1).</summary>
    private double Draw()
    {
        var z = Interlocked.Add(ref _draws, 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    private sealed class Draft : IBlobDraft
    {
        private readonly RetryingBlobStore _store;
        private readonly IBlobDraft _inner;

        public Draft(RetryingBlobStore store, IBlobDraft inner)
        {
            (_store, _inner) = (store, inner);
            Content = new AppendStream(inner.Content.WriteAsync);
        }

        public Stream Content { get; }

        public Task<string?> CommitAsync(string name, CancellationToken cancellationToken) =>
            _store.RetryAsync(
                async attempt =>
                {
                    if (await _inner.CommitAsync(name, cancellationToken) is { } created)
                        return created;
                    return attempt > 1 && await _store.StatAsync(name, cancellationToken) is { } there && there.Length == Content.Length ? there.ETag : null;
                },
                cancellationToken);

        public ValueTask DisposeAsync() => _inner.DisposeAsync();
    }
}
