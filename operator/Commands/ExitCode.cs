namespace FedOperator.Operator.Commands;

/// <summary>What `fed` exits with.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A manifest, a folder or the command line is wrong: nothing was started.</summary>
    public const int Invalid = 2;

    /// <summary>The job failed.</summary>
    public const int Failed = 3;

    /// <summary>The operator lost its lease: another is at work.</summary>
    public const int LeaseLost = 4;

    /// <summary>The operator met a fault that it could not go on from; started again, it may.</summary>
    public const int Fault = 1;

    /// <summary>Stopped by a signal, and resumable: 128 + SIGINT.</summary>
    public const int Stopped = 130;
}
