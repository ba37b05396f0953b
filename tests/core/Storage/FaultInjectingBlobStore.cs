using FedOperator.Core.Storage;

namespace FedOperator.Core.Tests.Storage;

/// <summary>What befalls one call.</summary>
internal enum Injected
{
    None,

    /// <summary>The call does not reach the store.</summary>
    Fails,

    /// <summary>The call takes effect, its answer does not arrive.</summary>
    LosesAnswer,
}

/// <summary>Lets calls fail by a schedule: each call takes the next entry; after the last, all succeed.</summary>
internal sealed class FaultInjectingBlobStore(IBlobStore inner, IEnumerable<Injected> schedule) : IBlobStore
{
    private readonly Queue<Injected> _schedule = new(schedule);

    public string Name => inner.Name;

    /// <summary>Calls that reached this store.</summary>
    public int Calls { get; private set; }

    /// <summary>A schedule of that many entries, drawn with a seed; never more than four faults in a row.</summary>
    public static IEnumerable<Injected> Schedule(int seed, int length)
    {
        var random = new Random(seed);
        for (int i = 0, row = 0; i < length; i++)
        {
            var next = row == 4 ? Injected.None : (Injected)random.Next(3);
            row = next == Injected.None ? 0 : row + 1;
            yield return next;
        }
    }

    public Task<BlobProperties?> StatAsync(string name, CancellationToken cancellationToken) => CallAsync(() => inner.StatAsync(name, cancellationToken));

    public Task<BlobRead> ReadAsync(string name, long maximumLength, string? ifNoneMatch, CancellationToken cancellationToken) =>
        CallAsync(() => inner.ReadAsync(name, maximumLength, ifNoneMatch, cancellationToken));

    public Task ReadRangeAsync(string name, long offset, Memory<byte> destination, string? ifMatch, CancellationToken cancellationToken) =>
        CallAsync(async () =>
        {
            await inner.ReadRangeAsync(name, offset, destination, ifMatch, cancellationToken);
            return true;
        });

    public Task<string?> CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        CallAsync(() => inner.CreateAsync(name, content, cancellationToken));

    public Task<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken) =>
        CallAsync(() => inner.WriteAsync(name, content, ifMatch, cancellationToken));

    public async Task<IBlobDraft> DraftAsync(CancellationToken cancellationToken) => new Draft(this, await inner.DraftAsync(cancellationToken));

    public async IAsyncEnumerable<BlobItem> ListAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = 0;
        await foreach (var item in inner.ListAsync(prefix, cancellationToken))
        {
            if (rows++ == 1)
                await CallAsync(() => Task.FromResult(true));
            yield return item;
        }
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        CallAsync(async () =>
        {
            await inner.DeleteAsync(name, cancellationToken);
            return true;
        });

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        Calls++;
        var injected = _schedule.TryDequeue(out var next) ? next : Injected.None;
        if (injected == Injected.Fails)
            throw new BlobStoreException(BlobFault.Unavailable, "injected: no connection");
        var answer = await call();
        return injected == Injected.None ? answer : throw new BlobStoreException(BlobFault.Unavailable, "injected: the answer was lost");
    }

    private sealed class Draft(FaultInjectingBlobStore store, IBlobDraft inner) : IBlobDraft
    {
        public Stream Content => inner.Content;

        public Task<string?> CommitAsync(string name, CancellationToken cancellationToken) => store.CallAsync(() => inner.CommitAsync(name, cancellationToken));

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
