namespace FedOperator.Core.Ledger;

/// <summary>hello.json: "I am here", rewritten whenever a trainer starts.</summary>
public sealed record HelloDocument
{
    /// <summary>Protocol version that it speaks.</summary>
    public int Protocol { get; init; } = 1;

    /// <summary>Its name.</summary>
    public required string Client { get; init; }

    /// <summary>SHA-256 of the model.json that it found its own model to agree with.</summary>
    public required string Model { get; init; }

    /// <summary>Drawn anew by each process: tells a returned client from a silent one.</summary>
    public required string Incarnation { get; init; }

    /// <summary>Training samples it holds.</summary>
    public required long TrainSamples { get; init; }

    /// <summary>Test samples it holds.</summary>
    public required long TestSamples { get; init; }
}

/// <summary>heartbeat.json: liveness is progress, not silence.</summary>
/// <param name="Round">The round that it works on.</param>
/// <param name="Step">Steps done in it.</param>
/// <param name="Steps">Steps to do.</param>
/// <param name="Beat">Counts up with each heartbeat of this process.</param>
public sealed record HeartbeatDocument(RoundKey Round, int Step, int Steps, long Beat);

/// <summary>report.json: the sole commit of a client's update.</summary>
public sealed record ReportDocument
{
    /// <summary>Protocol version.</summary>
    public int Protocol { get; init; } = 1;

    /// <summary>Hash of the plan.</summary>
    public required string Plan { get; init; }

    /// <summary>Which round.</summary>
    public required RoundKey Round { get; init; }

    /// <summary>Which attempt at it; null where the round has none.</summary>
    public int? Attempt { get; init; }

    /// <summary>SHA-256 of the base checkpoint that it started from.</summary>
    public required string Base { get; init; }

    /// <summary>SHA-256 of the update, which lies at updates/SHA.safetensors; null in an evaluate round.</summary>
    public string? Update { get; init; }

    /// <summary>Length of the update, in bytes.</summary>
    public long UpdateLength { get; init; }

    /// <summary>SHA-256 of the personal state after the round, or null.</summary>
    public string? State { get; init; }

    /// <summary>Optimizer steps done, those of a head phase (fedRep) included.</summary>
    public int Steps { get; init; }

    /// <summary>Samples processed in the round: trained on, or seen by a statistics round. Those of a head phase (fedRep) are not among them: the update owes them nothing.</summary>
    public long Samples { get; init; }

    /// <summary>Over the training batches, those of a head phase (fedRep) included; null unless a train round.</summary>
    public SampleSums? Training { get; init; }

    /// <summary>Of the client's own model, the base and what stays with it, on its test shard; null where the round did not ask.</summary>
    public SampleSums? Evaluation { get; init; }

    /// <summary>Of the global model on the same: what stays with the client as before round 1; null where nothing stays, or the round did not ask.</summary>
    public SampleSums? GlobalEvaluation { get; init; }

    /// <summary>Seconds in training steps.</summary>
    public double TrainSeconds { get; init; }

    /// <summary>Seconds evaluating.</summary>
    public double EvaluateSeconds { get; init; }

    /// <summary>Seconds from seeing open.json to this report.</summary>
    public double Seconds { get; init; }
}
