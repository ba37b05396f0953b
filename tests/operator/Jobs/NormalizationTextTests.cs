using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Tests.Jobs;

public sealed class NormalizationTextTests
{
    public static TheoryData<string, NormalizationSpec, string?, string?> Words => new()
    {
        { "default", new(), "batch, training federated with gradient statistics, statistics momentum 0.5", null },
        { "group", new() { Layer = NormalizationLayer.Group, Population = PopulationStatistics.Precise }, "group, 8 groups", null },
        {
            "hybrid", new() { Training = NormalizationTraining.Hybrid, GhostBatchSize = 8, Moments = MomentsAt.AtBase, FreezeAtRound = 16, Population = PopulationStatistics.MiniBatch },
            "batch, training hybrid, ghost batches of 8, moments at the round's base, statistics momentum 0.5, frozen from round 16 on", "each mini-batch's own statistics, 32 samples"
        },
        {
            "robust", new() { Robust = new RobustSpec { MaxFaulty = 2, Mixing = RobustMixing.NearestNeighbours }, Population = PopulationStatistics.Precise },
            "batch, training federated with gradient statistics, statistics momentum 0.5, moments merged by trimmedMean of nearest neighbours' means against 2 faulty clients", "precise statistics of 4000 samples, pooled layer by layer"
        },
        {
            "silo", new() { Training = NormalizationTraining.Local, Scope = NormalizationScope.StatisticsPerClient, Population = PopulationStatistics.MiniBatch, PopulationBatchSize = 64 },
            "batch, training local, statistics momentum 0.1, statistics stay with their client", "each mini-batch's own statistics, 64 samples"
        },
        {
            "batch", new() { Robust = new RobustSpec { MaxFaulty = 1, Rule = RobustRule.Median, Mixing = RobustMixing.None }, Population = PopulationStatistics.Precise, Precise = new PreciseSpec { Forward = PreciseForward.Batch, Samples = 2000 } },
            "batch, training federated with gradient statistics, statistics momentum 0.5, moments merged by median against 1 faulty client", "precise statistics of 2000 samples, by mini-batches of 32"
        },
    };

    [Theory]
    [MemberData(nameof(Words))]
    public void What_is_set_is_said(string name, NormalizationSpec normalization, string? training, string? population)
    {
        Assert.NotEmpty(name);
        Assert.Equal(training, NormalizationText.Training(normalization));
        Assert.Equal(population, NormalizationText.Population(normalization, batchSize: 32));
    }

    [Theory]
    [InlineData(1, null, true, false)]
    [InlineData(2, null, true, true)]
    [InlineData(null, 1, true, true)]
    [InlineData(10, null, false, false)]
    public void Who_lets_gradient_statistics_grow_old_is_told(int? steps, int? epochs, bool gradients, bool told) =>
        Assert.Equal(told, NormalizationText.Advice(new NormalizationSpec { GradientStatistics = gradients }, new TrainingSpec { LocalSteps = steps, LocalEpochs = epochs }) is not null);
}
