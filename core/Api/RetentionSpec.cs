namespace FedOperator.Core.Api;

/// <summary>What is kept of a job's blobs. Documents are always kept: they are the audit trail.</summary>
public sealed record RetentionSpec
{
    /// <summary>What becomes of the blobs when the job is deleted. Default `Retain`.</summary>
    public OnDelete OnDelete { get; init; } = OnDelete.Retain;

    /// <summary>For how many closed rounds the clients' updates are kept: `fed replay` recomputes those. 0: none. Default 2.</summary>
    public int UpdateRounds { get; init; } = 2;

    /// <summary>How many of the newest checkpoints are kept, beside the first and the last. Default 5.</summary>
    public int Checkpoints { get; init; } = 5;
}

/// <summary>What becomes of a deleted job's blobs.</summary>
public enum OnDelete
{
    /// <summary>they stay.</summary>
    Retain,

    /// <summary>they are deleted with the job, results included.</summary>
    Delete,
}
