using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Rounds;

/// <summary>The operator has ended the job, whatever the ledger says: every wait of this process is over.</summary>
internal sealed class JobEndedException(Failure failure) : Exception(failure.Message)
{
    /// <summary>Why.</summary>
    public Failure Failure { get; } = failure;
}
