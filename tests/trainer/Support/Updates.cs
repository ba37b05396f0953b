using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Training;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Tests.Support;

/// <summary>Rounds of one client, and what came out of them.</summary>
internal static class Updates
{
    /// <summary>A round of a client from a checkpoint, at a rate of 0.1.</summary>
    public static void Round(LocalTrainer trainer, IReadOnlyList<TensorContent> checkpoint, int round)
    {
        trainer.LoadCheckpoint(checkpoint);
        trainer.Train(round, 0.1, null, CancellationToken.None);
    }

    public static IEnumerable<TensorContent> Prefixed(string prefix, IEnumerable<TensorContent> tensors) => tensors.Select(t => t with { Name = prefix + t.Name });

    /// <summary>The batches of client a's round, for an oracle.</summary>
    public static List<TensorContent> BatchTensors(Plan plan, Samples samples, int round) => BatchTensors(new Batches(plan, "a", round, samples.Count), samples, 1);

    /// <summary>Those batches as the steps from <paramref name="step"/> on.</summary>
    public static List<TensorContent> BatchTensors(Batches batches, Samples samples, int step)
    {
        using var scope = NewDisposeScope();
        var tensors = new List<TensorContent>();
        foreach (var indices in batches.Read())
        {
            var batch = Batch.Of(samples, indices.Span, Precision.Float64);
            tensors.Add(TensorContent.Of($"images.{step}", batch.Images));
            tensors.Add(TensorContent.Of($"labels.{step++}", batch.Labels));
        }
        return tensors;
    }

    public static void AssertLayout(IReadOnlyList<UpdateTensor> expected, IEnumerable<TensorContent> actual)
    {
        var contents = actual.ToList();
        Assert.Equal(expected.Select(t => (t.Name, t.DType, string.Join(',', t.Shape))), contents.Select(t => (t.Name, t.DType, string.Join(',', t.Shape))));
    }

    public static bool Same(IEnumerable<TensorContent> a, IEnumerable<TensorContent> b) =>
        a.Zip(b).All(pair => pair.First.Name == pair.Second.Name && pair.First.Bytes.Span.SequenceEqual(pair.Second.Bytes.Span));

    public static void AssertSame(IEnumerable<TensorContent> a, IEnumerable<TensorContent> b)
    {
        var (first, second) = (a.ToList(), b.ToList());
        Assert.Equal(first.Count, second.Count);
        Assert.All(first.Zip(second), pair => Assert.True(pair.First.Name == pair.Second.Name && pair.First.Bytes.Span.SequenceEqual(pair.Second.Bytes.Span), pair.First.Name));
    }
}
