namespace FedOperator.Core.Storage;

/// <summary>Why a store refused or failed for good.</summary>
public enum BlobFault
{
    /// <summary>Network, throttling, a server's 5xx: retried, and still failing.</summary>
    Unavailable,

    /// <summary>The credential does not allow it, or has expired (401, 403).</summary>
    Denied,

    /// <summary>No such blob or container (404), or it is shorter than what was asked for.</summary>
    Missing,

    /// <summary>The blob no longer has the ETag that was asked for (412).</summary>
    Changed,

    /// <summary>The blob is longer than the caller accepts.</summary>
    TooLong,

    /// <summary>A name that the store cannot hold, or that would leave the container.</summary>
    BadName,
}

/// <summary>A store refused or failed for good. The message names the container and the blob, never a credential.</summary>
public sealed class BlobStoreException(BlobFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of failure it is.</summary>
    public BlobFault Fault { get; } = fault;
}
