using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Aggregation;

/// <summary>Whether an update's tensors may count.</summary>
public abstract record UpdateVerdict
{
    private UpdateVerdict()
    {
    }

    /// <summary>They may.</summary>
    /// <param name="ETag">Of the version that was checked: the reduction reads that one only.</param>
    /// <param name="Length">Of the blob, in bytes.</param>
    public sealed record Accepted(string ETag, long Length) : UpdateVerdict;

    /// <summary>They may not.</summary>
    /// <param name="Reason">As in cut.json.</param>
    /// <param name="Message">The blob, the tensor, the value seen.</param>
    public sealed record Rejected(ExclusionReason Reason, string Message) : UpdateVerdict;
}
