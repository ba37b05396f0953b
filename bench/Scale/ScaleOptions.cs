namespace FedOperator.Bench.Scale;

/// <summary>How large a run of `bench operator` is.</summary>
/// <param name="Jobs">FederatedJobs.</param>
/// <param name="Clients">Of each: its pods are one more, the aggregator's.</param>
/// <param name="Watched">For how long the restarted operator is watched: passes that create nothing.</param>
internal sealed record ScaleOptions(int Jobs, int Clients, TimeSpan Watched)
{
    /// <summary>Requests at the same time of the bare loop: as many as the operator makes by default.</summary>
    public const int Parallelism = 16;

    /// <summary>Image of the pods; none of them runs.</summary>
    public const string Image = "fed-trainer:bench";

    /// <summary>The claim that the jobs name.</summary>
    public const string Claim = "ledger";

    /// <summary>Pods of all jobs.</summary>
    public int Pods => Jobs * (Clients + 1);

    /// <summary>What an operator creates: the pods, and one event for each job (it has started).</summary>
    public int Objects => Pods + Jobs;
}
