using FedOperator.Core.Storage;

namespace FedOperator.Bench.Exact;

/// <summary>A store each of whose requests takes so much longer: what distance does to it.</summary>
internal sealed class SlowStore(IBlobStore store, TimeSpan latency) : ForwardingBlobStore(store)
{
    public override async Task<BlobProperties?> StatAsync(string name, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        return await base.StatAsync(name, cancellationToken);
    }

    public override async Task<BlobRead> ReadAsync(string name, long maximumLength, string? ifNoneMatch, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        return await base.ReadAsync(name, maximumLength, ifNoneMatch, cancellationToken);
    }

    public override async Task ReadRangeAsync(string name, long offset, Memory<byte> destination, string? ifMatch, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        await base.ReadRangeAsync(name, offset, destination, ifMatch, cancellationToken);
    }

    public override async Task<string?> CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        return await base.CreateAsync(name, content, cancellationToken);
    }

    public override async Task<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        return await base.WriteAsync(name, content, ifMatch, cancellationToken);
    }

    public override async Task<IBlobDraft> DraftAsync(CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        return await base.DraftAsync(cancellationToken);
    }

    public override async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        await base.DeleteAsync(name, cancellationToken);
    }

    private Task TravelAsync(CancellationToken cancellationToken) => latency == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(latency, TimeProvider.System, cancellationToken);
}
