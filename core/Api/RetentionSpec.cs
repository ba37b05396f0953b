namespace FedOperator.Core.Api;

/// <summary>What is kept of a job's blobs. Documents are always kept: they are the audit trail.</summary>
public sealed record RetentionSpec
{
    /// <summary>What becomes of the blobs when the job is deleted. Default `Retain`.</summary>
    public OnDelete OnDelete { get; init; } = OnDelete.Retain;

    /// <summary>Updates are kept for so many closed rounds (`fed replay` needs them); 0 keeps none. Default 2.</summary>
    public int UpdateRounds { get; init; } = 2;

    /// <summary>How many of the newest checkpoints are kept (the first and the last always are). Default 5.</summary>
    public int Checkpoints { get; init; } = 5;
}

/// <summary>What becomes of a deleted job's blobs.</summary>
public enum OnDelete
{
    /// <summary>They stay.</summary>
    Retain,

    /// <summary>They are deleted with the job.</summary>
    Delete,
}
