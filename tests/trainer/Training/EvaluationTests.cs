using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Tests.Training;

/// <summary>What a client measures of a model, and what normalizes meanwhile.</summary>
public sealed class EvaluationTests
{
    [Fact]
    public void Evaluation_adds_up_over_shards_and_draws_a_fixed_part()
    {
        var plan = Plans.Small();
        var samples = Plans.Samples(plan, "test", 600);
        var whole = Evaluate(plan, samples, null);
        Assert.Equal(600, whole.Samples);
        Assert.Equal(100, Evaluate(plan, samples, 100).Samples);
        Assert.Equal(Evaluate(plan, samples, 100), Evaluate(plan, samples, 100));
        Assert.Equal(whole, Evaluate(plan, samples, 5000));
        Assert.InRange(whole.LossSum / 600, 1.0, 3.0);
    }

    [Fact]
    public void Mini_batch_inference_normalizes_with_each_batch_and_does_not_care_how_the_file_is_sorted()
    {
        var plan = Plans.Small() with { Normalization = new NormalizationSpec { Population = PopulationStatistics.MiniBatch, PopulationBatchSize = 16 } };
        var samples = Plans.Samples(plan, "test", 65);
        var score = Evaluate(plan, samples, null);
        Assert.Equal(65, score.Samples);
        Assert.Equal(score, Evaluate(plan, samples, null));

        // By hand: the order drawn, 16 at a time, the 65th with the ones before it, each batch as a training forward would normalize it.
        using var trainer = new LocalTrainer(plan, "a", new ClientData(samples, samples));
        using var network = Initialization.Create(plan with { Normalization = new NormalizationSpec { Training = NormalizationTraining.Local } });
        using var scope = NewDisposeScope();
        var order = new Draws(plan.Seed, "inference", "a").Permutation(65);
        var loss = 0.0;
        foreach (var part in new[] { order[..16], order[16..32], order[32..48], order[48..] })
        {
            var batch = Batch.Of(samples, part, plan.Training.Precision);
            loss += nn.functional.cross_entropy(network.call(batch.Images), batch.Labels, reduction: nn.Reduction.Sum).item<float>();
        }
        Assert.Equal(loss, score.LossSum, 1e-3);

        // Negative controls: running statistics, and the file's own order, sorted by class, give other losses.
        Assert.NotEqual(loss, Evaluate(plan with { Normalization = new NormalizationSpec() }, samples, null).LossSum, 1e-1);
        var sorted = Enumerable.Range(0, 65).OrderBy(i => samples.Labels[i]).Chunk(16).Sum(part =>
        {
            var batch = Batch.Of(samples, part, plan.Training.Precision);
            return part.Length < 2 ? 0 : nn.functional.cross_entropy(network.call(batch.Images), batch.Labels, reduction: nn.Reduction.Sum).item<float>();
        });
        Assert.NotEqual(loss, sorted, 1e-1);
    }

    [Fact]
    public void Mini_batch_inference_on_a_single_sample_evaluates_nothing()
    {
        var plan = Plans.Small(Architecture.Mlp) with { Normalization = new NormalizationSpec { Population = PopulationStatistics.MiniBatch } };
        Assert.Equal(default, Evaluate(plan, Plans.Samples(plan, "test", 1), null));
        Assert.Equal(default, Evaluate(plan, Plans.Samples(plan, "test", 5), 1));
        Assert.Equal(0, Workload.EvaluationSamples(plan.Normalization, null, 1));
        Assert.Equal(1, Workload.EvaluationSamples(plan.Normalization with { Population = PopulationStatistics.Running }, null, 1));
    }

    private static Score Evaluate(Plan plan, Samples samples, int? most)
    {
        using var trainer = new LocalTrainer(plan, "a", new ClientData(samples, samples));
        return trainer.Evaluate(most, CancellationToken.None);
    }
}
