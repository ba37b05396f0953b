using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Data;

/// <summary>One batch of a train round.</summary>
/// <param name="Indices">Of its samples in the train shard.</param>
/// <param name="First">Place of the first of them in the round's sequence of samples, from 0.</param>
/// <param name="Augmentation">What becomes of the images; null: they stay as they are.</param>
public readonly record struct RoundBatch(ReadOnlyMemory<int> Indices, long First, Augmentation? Augmentation)
{
    /// <summary>Number of samples.</summary>
    public int Length => Indices.Length;

    /// <summary>Of its samples in the train shard.</summary>
    public ReadOnlySpan<int> Span => Indices.Span;

    /// <summary>The same, copied.</summary>
    public int[] ToArray() => Indices.ToArray();

    /// <summary>What becomes of each image; empty: all stay as they are.</summary>
    public ImageChange[] Changes()
    {
        var changes = new ImageChange[Augmentation is null ? 0 : Length];
        for (var i = 0; i < changes.Length; i++)
            changes[i] = Augmentation!.At(First + i);
        return changes;
    }
}

/// <summary>The batches of one train round: epochs reshuffled one after the other, keyed by (seed, client, round, epoch).</summary>
public sealed class Batches
{
    private readonly TrainingSpec _training;
    private readonly int _samples;
    private readonly Func<int, int[]> _epoch;
    private readonly Augmentation? _augmentation;

    /// <summary>The batches of a client's round.</summary>
    /// <param name="plan">Seed, steps or epochs, batch size, augmentation.</param>
    /// <param name="client">The client's name.</param>
    /// <param name="round">The train round, from 1.</param>
    /// <param name="samples">Samples in its train shard.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shard is empty.</exception>
    public Batches(Plan plan, string client, int round, int samples)
        : this(plan.Training, samples, epoch => new Draws(plan.Seed, "batches", client, round, epoch).Permutation(samples), Augmentation.Of(plan, client, round))
    {
    }

    private Batches(TrainingSpec training, int samples, Func<int, int[]> epoch, Augmentation? augmentation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samples);
        (_training, _samples, _epoch, _augmentation) = (training, samples, epoch, augmentation);
    }

    /// <summary>The batches of the round's head phase (fedRep), in an order of their own: the base phase sees the ones that it would see without.</summary>
    /// <returns>Null where the plan's rounds have no head phase.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The shard is empty.</exception>
    public static Batches? OfHeadPhase(Plan plan, string client, int round, int samples) => Workload.HeadPhase(plan.Personalization, plan.Training) is { } head
        ? new Batches(head, samples, epoch => new Draws(plan.Seed, "batches/head", client, round, epoch).Permutation(samples), Augmentation.Of(plan, client, round, "augmentation/head"))
        : null;

    /// <summary>Batch by batch; <see cref="Workload"/> says how many. The same at each call, augmentation included.</summary>
    public IEnumerable<RoundBatch> Read()
    {
        var first = 0L;
        foreach (var indices in _training.LocalEpochs is { } epochs ? ByEpochs(epochs) : BySteps(Workload.LocalSteps(_training)))
        {
            yield return new RoundBatch(indices, first, _augmentation);
            first += indices.Length;
        }
    }

    // An endless sequence of epochs: a batch may begin in one and end in the next.
    private IEnumerable<ReadOnlyMemory<int>> BySteps(int steps)
    {
        var size = Math.Min(_training.BatchSize, _samples);
        var epoch = 0;
        var order = _epoch(0);
        var next = 0;
        for (var step = 0; step < steps; step++)
        {
            var batch = new int[size];
            for (var i = 0; i < size; i++)
            {
                if (next == order.Length)
                    (order, next) = (_epoch(++epoch), 0);
                batch[i] = order[next++];
            }
            yield return batch;
        }
    }

    private IEnumerable<ReadOnlyMemory<int>> ByEpochs(int epochs)
    {
        for (var epoch = 0; epoch < epochs; epoch++)
            foreach (var batch in MiniBatches.Split(_epoch(epoch), _training.BatchSize))
                yield return batch;
    }
}
