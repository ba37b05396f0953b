namespace FedOperator.Operator.Kubernetes;

/// <summary>What came of a pass over a job. Faults are exceptions.</summary>
internal abstract record PassResult
{
    private PassResult()
    {
    }

    /// <summary>Nothing to do until something happens.</summary>
    public static PassResult Ended { get; } = new Done();

    /// <summary>All is as it should be; nothing to do until something happens.</summary>
    public sealed record Done : PassResult;

    /// <summary>To be looked at again though nothing happens.</summary>
    /// <param name="Wait">When.</param>
    public sealed record RequeueAfter(TimeSpan Wait) : PassResult;

    /// <summary>Not all could be done: again, later each time.</summary>
    /// <param name="Why">In words, for the log.</param>
    public sealed record Failed(string Why) : PassResult;
}
