namespace FedOperator.Core.Ledger;

/// <summary>Why a participant's report does not count in a round.</summary>
public enum ExclusionReason
{
    /// <summary>No report by the cut.</summary>
    Missing,

    /// <summary>report.json is no JSON of the protocol, or too long.</summary>
    Malformed,

    /// <summary>It speaks another protocol version.</summary>
    Protocol,

    /// <summary>It names another plan, round or base than open.json.</summary>
    Stale,

    /// <summary>The update is shorter or longer than the report says, or not there.</summary>
    Truncated,

    /// <summary>The update's tensors are not those of model.json.</summary>
    Misshapen,

    /// <summary>The update's content does not have the hash in its name.</summary>
    HashMismatch,

    /// <summary>A value is NaN or infinite.</summary>
    NonFinite,

    /// <summary>Numbers that the plan rules out: samples, correct above total, a negative M2, a count of zero.</summary>
    Implausible,
}
