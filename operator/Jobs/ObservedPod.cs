namespace FedOperator.Operator.Jobs;

/// <summary>Kubernetes' phases of a pod.</summary>
internal enum PodPhase
{
    /// <summary>Accepted; not all containers run.</summary>
    Pending,

    /// <summary>On a node, with at least one container at work.</summary>
    Running,

    /// <summary>All containers ended with exit code 0.</summary>
    Succeeded,

    /// <summary>All containers ended, one of them badly.</summary>
    Failed,

    /// <summary>Its node does not answer.</summary>
    Unknown,
}

/// <summary>A projection of one of a job's pods: what the planner needs of it, and no more (caches hold these).</summary>
internal sealed record ObservedPod
{
    /// <summary>JOB-ROLE-INDEX-ATTEMPT.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Set by the API server.</summary>
    public required string Uid { get; init; }

    /// <summary>Version of the object, as the API server counts.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary>Uid of the FederatedJob that controls it.</summary>
    public required string JobUid { get; init; }

    /// <summary>Name of that job.</summary>
    public required string Job { get; init; }

    /// <summary>The client's name, or `aggregator`.</summary>
    public required string Process { get; init; }

    /// <summary>From its label.</summary>
    public required int Attempt { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required PodPhase Phase { get; init; }

    /// <summary>Deletion was asked for.</summary>
    public bool Terminating { get; init; }

    /// <summary>By when a pod whose deletion was asked for should have ended; null for others.</summary>
    public DateTimeOffset? TerminatingUntil { get; init; }

    /// <summary>All its containers run and are ready.</summary>
    public bool Ready { get; init; }

    /// <summary>Node that it was assigned to.</summary>
    public string? Node { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Why it does not start: Unschedulable, ImagePullBackOff, CreateContainerConfigError ...; null where nothing is known to be wrong.</summary>
    public PodTrouble? Trouble { get; init; }

    /// <summary>Since when it has had nothing at work, though nothing is known to be wrong; null where a container runs, or there is a <see cref="Trouble"/>.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>How it ended; null while it lives.</summary>
    public PodEnd? End { get; init; }

    /// <summary>True once no container of it runs, or will.</summary>
    public bool IsFinished => Phase is PodPhase.Succeeded or PodPhase.Failed;
}

/// <summary>Why a pod does not start.</summary>
/// <param name="Reason">Kubernetes' word.</param>
/// <param name="Message">Kubernetes' words.</param>
internal sealed record PodTrouble(string Reason, string Message);

/// <summary>How a pod ended.</summary>
/// <param name="Reason">Completed, Disrupted, Evicted, NodeLost, OOMKilled, InvalidInput, JobFailed, Error ...</param>
/// <param name="ExitCode">Of the container that decided; null where none did.</param>
/// <param name="Message">In words: for OOMKilled with the memory limit, for an error with the last lines of its log where they are known.</param>
/// <param name="IsDisruption">Not the process's fault: not counted against its restarts.</param>
internal sealed record PodEnd(string Reason, int? ExitCode, string Message, bool IsDisruption);
