using System.Runtime.CompilerServices;

namespace FedOperator.Trainer.Aggregation;

/// <summary>Works on several chunks at once and hands them out in order.</summary>
internal static class InOrder
{
    /// <summary>Each chunk with its buffers, which are valid until the next is asked for.</summary>
    public static async IAsyncEnumerable<(Chunk Chunk, ChunkBuffers Buffers)> RunAsync(
        IReadOnlyList<Chunk> chunks, int parallelism, Func<Chunk, ChunkBuffers, CancellationToken, Task> work, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new Queue<(Task Task, Chunk Chunk, ChunkBuffers Buffers)>();
        var free = new Stack<ChunkBuffers>();
        var next = 0;
        try
        {
            while (next < chunks.Count || running.Count > 0)
            {
                for (; next < chunks.Count && running.Count < parallelism; next++)
                {
                    var (chunk, buffers) = (chunks[next], free.TryPop(out var old) ? old : new ChunkBuffers());
                    running.Enqueue((Task.Run(() => work(chunk, buffers, stop.Token), stop.Token), chunk, buffers));
                }
                var first = running.Peek();
                await first.Task;
                running.Dequeue();
                // the next one's work begins while the caller writes this one
                if (next < chunks.Count)
                {
                    var (chunk, buffers) = (chunks[next++], free.TryPop(out var old) ? old : new ChunkBuffers());
                    running.Enqueue((Task.Run(() => work(chunk, buffers, stop.Token), stop.Token), chunk, buffers));
                }
                yield return (first.Chunk, first.Buffers);
                free.Push(first.Buffers);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running.Select(r => r.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
