using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Aggregation;

namespace FedOperator.Trainer.Rounds;

/// <summary>From (open, cut) to the reduction's input: all that determines a round's bytes.</summary>
internal static class ReductionOf
{
    /// <summary>The input of a round's reduction.</summary>
    public static ReductionInput Round(JobContext job, OpenDocument open, CutDocument cut) => new()
    {
        Global = job.Ledger.Global,
        Round = open.Round.Number,
        BaseCheckpoint = open.Base.Name,
        ServerState = open.ServerState?.Name,
        // Checkpoints hold the shared tensors only.
        Model = job.Model.Layout with { Tensors = [.. job.Model.Layout.Tensors.Where(t => t.Placement == TensorPlacement.Shared)] },
        Aggregation = job.Plan.Aggregation,
        StatisticsMomentum = open.Round.Kind == RoundKind.Train && job.Plan.Normalization.Training == NormalizationTraining.Federated ? job.Plan.Normalization.StatisticsMomentum : 1,
        StatisticsLayers = open.Round.Kind == RoundKind.Statistics ? open.Layers : null,
        Updates = [.. cut.Admitted.Select(a => new ClientUpdate(a.Client, job.Ledger.Exchange(a.Client), a.Update!.Name, a.UpdateETag!, a.Update.Length, Weight(job.Plan.Aggregation.Weighting, a)))],
    };

    private static double Weight(Weighting weighting, Admission admission) => weighting switch
    {
        Weighting.Processed => admission.Samples,
        Weighting.Dataset => admission.TrainSamples,
        Weighting.Equal => 1,
        _ => throw new InvalidOperationException($"no such weighting: {weighting}"),
    };
}
