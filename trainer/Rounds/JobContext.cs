using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Rounds;

/// <summary>What every part of a round's work needs to know of its job.</summary>
/// <param name="Plan">plan.json.</param>
/// <param name="Model">model.json.</param>
/// <param name="ModelSha256">Hash of its bytes: what a hello names.</param>
/// <param name="Ledger">The job's containers.</param>
/// <param name="Time">Clock.</param>
/// <param name="PollFloor">Shortest wait between two looks at the store.</param>
internal sealed record JobContext(Plan Plan, ModelDocument Model, string ModelSha256, JobLedger Ledger, TimeProvider Time, TimeSpan PollFloor)
{
    /// <summary>How many layers the bootstrap sets, one statistics round each.</summary>
    public int BootstrapLayers => RoundSequence.BootstrapLayers(Plan, Model.Layout).Count;

    /// <summary>A new wait for a blob.</summary>
    public Pacing NewWait() => new(PollFloor, Time);
}
