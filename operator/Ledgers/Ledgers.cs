using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Ledgers;

/// <summary>The operator's side of all ledgers: it makes their containers, publishes plans, writes control.json, issues credentials, and reads how far jobs are.</summary>
/// <param name="settings">Which accounts and which claim it serves.</param>
/// <param name="readSecret">Reads a labelled Secret of a job's namespace; null where there is none, or it lacks the label.</param>
/// <param name="time">For lifetimes.</param>
#pragma warning disable CS9113
internal sealed class Ledgers(OperatorSettings settings, Func<string, string, CancellationToken, Task<IReadOnlyDictionary<string, byte[]>?>> readSecret, TimeProvider time)
{
    /// <summary>What a job's ledger says, by conditional reads. What is out of reach is told in <see cref="ObservedLedger.Trouble"/>, never thrown.</summary>
    public Task<ObservedLedger> ObserveAsync(JobKey key, string uid, FederatedJob job, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Creates the job's containers, and then plan.json where there is none.</summary>
    /// <exception cref="LedgerAccessException">The storage refused.</exception>
    public Task PublishAsync(JobKey key, string uid, FederatedJob job, Plan plan, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Replaces control.json.</summary>
    /// <exception cref="LedgerAccessException">The storage refused.</exception>
    public Task ControlAsync(JobKey key, string uid, FederatedJob job, ControlDocument control, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Issues the credentials of all processes, and writes external clients' next one into their private containers.</summary>
    /// <exception cref="LedgerAccessException">The storage refused.</exception>
    public Task<IssuedCredentials> IssueAsync(JobKey key, string uid, FederatedJob job, Plan plan, DateTimeOffset until, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Deletes the job's containers.</summary>
    /// <exception cref="LedgerAccessException">The storage refused.</exception>
    public Task DeleteAsync(JobKey key, string uid, FederatedJob job, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Drops what is remembered of a job that is gone.</summary>
    public void Forget(string uid) => throw new NotImplementedException();
}

/// <summary>Credential files, by the name of the process that they are for. Secret.</summary>
/// <param name="Files">Content of the file; by client's name, or `aggregator`.</param>
/// <param name="Until">When they end.</param>
internal sealed record IssuedCredentials(IReadOnlyDictionary<string, byte[]> Files, DateTimeOffset Until)
{
    /// <summary>The clients that run outside the cluster.</summary>
    public IReadOnlyList<string> External { get; init; } = [];
}

/// <summary>A ledger is out of reach.</summary>
internal sealed class LedgerAccessException(LedgerTrouble trouble, Exception? inner = null) : Exception(trouble.Message, inner)
{
    /// <summary>Why.</summary>
    public LedgerTrouble Trouble { get; } = trouble;
}
