using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Normalization;
using FedOperator.Trainer.Training;

namespace FedOperator.Trainer.Tests.Support;

/// <summary>Every way to normalize that a plan can ask for.</summary>
internal static class NormalizationSchemes
{
    public static readonly IReadOnlyDictionary<string, NormalizationSpec> All = new Dictionary<string, NormalizationSpec>(StringComparer.Ordinal)
    {
        ["local"] = new() { Training = NormalizationTraining.Local },
        ["exact"] = new() { Training = NormalizationTraining.Exact },
        ["ghost batches"] = new() { Training = NormalizationTraining.Local, GhostBatchSize = 4 },
        ["federated"] = new() { Training = NormalizationTraining.Federated, GradientStatistics = false },
        ["federated with gradient statistics"] = new() { Training = NormalizationTraining.Federated, GradientStatistics = true },
        ["federated at base"] = new() { Training = NormalizationTraining.Federated, GradientStatistics = true, Moments = MomentsAt.AtBase },
        ["hybrid"] = new() { Training = NormalizationTraining.Hybrid },
        ["hybrid at base in ghost batches"] = new() { Training = NormalizationTraining.Hybrid, Moments = MomentsAt.AtBase, GhostBatchSize = 4 },
        ["frozen"] = new() { Training = NormalizationTraining.Local, FreezeAtRound = 2 },
        ["frozen federated"] = new() { Training = NormalizationTraining.Federated, FreezeAtRound = 2 },
        ["FedBN"] = new() { Training = NormalizationTraining.Local, Scope = NormalizationScope.PerClient },
        ["FedBN federated"] = new() { Training = NormalizationTraining.Federated, GradientStatistics = true, Scope = NormalizationScope.PerClient },
        ["SiloBN"] = new() { Training = NormalizationTraining.Local, Scope = NormalizationScope.StatisticsPerClient },
        ["SiloBN federated"] = new() { Training = NormalizationTraining.Federated, Scope = NormalizationScope.StatisticsPerClient },
        ["precise"] = new() { Training = NormalizationTraining.Federated, Population = PopulationStatistics.Precise },
        ["precise by batches, of one's own"] = new() { Training = NormalizationTraining.Local, Scope = NormalizationScope.PerClient, Population = PopulationStatistics.Precise, Precise = new PreciseSpec { Forward = PreciseForward.Batch } },
        ["mini-batch inference"] = new() { Training = NormalizationTraining.Local, Population = PopulationStatistics.MiniBatch },
        ["group"] = new() { Layer = NormalizationLayer.Group, Groups = 2 },
        ["none"] = new() { Layer = NormalizationLayer.None },
    };

    /// <summary>Trains one round of a client of 30 samples; with `exact` in a pool of its own.</summary>
    public static TrainMetrics Train(LocalTrainer trainer, Plan plan, int round, double rate, Action<long>? stepDone = null)
    {
        if (trainer.Frozen || plan.Normalization is not { Layer: NormalizationLayer.Batch, Training: NormalizationTraining.Exact })
            return trainer.Train(round, rate, stepDone, CancellationToken.None);
        TrainMetrics metrics = null!;
        new InProcessPool(new Dictionary<string, long>(StringComparer.Ordinal) { ["a"] = Workload.BatchSamples(plan.Training, 30) }).Run((_, pool) => metrics = trainer.Train(round, rate, stepDone, CancellationToken.None, pool));
        return metrics;
    }
}
