namespace FedOperator.Core.Api;

/// <summary>What a client does in one train round.</summary>
public sealed record TrainingSpec
{
    /// <summary>Optimizer steps a round. Exactly one of <see cref="LocalSteps"/> and <see cref="LocalEpochs"/>; default 10 steps where neither is given.</summary>
    public int? LocalSteps { get; init; }

    /// <summary>Passes over the client's own data a round.</summary>
    public int? LocalEpochs { get; init; }

    /// <summary>Samples a step; a client with fewer samples takes them all. Default 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The client's optimizer.</summary>
    public OptimizerSpec Optimizer { get; init; } = new();

    /// <summary>How the learning rate changes over the rounds.</summary>
    public ScheduleSpec Schedule { get; init; } = new();

    /// <summary>Largest L2 norm of a step's whole gradient; absent: no clipping.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Arithmetic of model and checkpoint. Default `float32`.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>libtorch's threads in one trainer. Part of what determines the result's bytes. Default 1.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>The client's optimizer.</summary>
public sealed record OptimizerSpec
{
    /// <summary>Default `sgd`.</summary>
    public ClientOptimizer Name { get; init; } = ClientOptimizer.Sgd;

    /// <summary>Before the schedule. Default 0.05.</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>Default 0.9.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>L2 penalty, on every parameter. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>What becomes of the momentum between rounds. Default `reset`.</summary>
    public OptimizerState State { get; init; } = OptimizerState.Reset;
}

/// <summary>Client optimizers.</summary>
public enum ClientOptimizer
{
    /// <summary>Stochastic gradient descent.</summary>
    Sgd,
}

/// <summary>What becomes of a client's optimizer state between rounds.</summary>
public enum OptimizerState
{
    /// <summary>Starts at zero in each round.</summary>
    Reset,

    /// <summary>Kept as personal state of the client.</summary>
    Keep,
}

/// <summary>How the learning rate changes over the train rounds.</summary>
public sealed record ScheduleSpec
{
    /// <summary>Default `constant`.</summary>
    public ScheduleName Name { get; init; } = ScheduleName.Constant;

    /// <summary>Rounds of linear warm-up: round r of them has r / warmupRounds of the rate. Default 0.</summary>
    public int WarmupRounds { get; init; }

    /// <summary>Where the schedule ends and stays. Default: `rounds` at the start of the job.</summary>
    public int? Rounds { get; init; }

    /// <summary>For `step`: multiply by <see cref="StepFactor"/> every so many rounds.</summary>
    public int? StepRounds { get; init; }

    /// <summary>For `step`. Default 0.1.</summary>
    public double StepFactor { get; init; } = 0.1;
}

/// <summary>Learning rate schedules.</summary>
public enum ScheduleName
{
    /// <summary>Constant after the warm-up.</summary>
    Constant,

    /// <summary>Half a cosine, down to zero at the schedule's end.</summary>
    Cosine,

    /// <summary>Down by a factor every so many rounds.</summary>
    Step,
}

/// <summary>Arithmetic of model and checkpoint.</summary>
public enum Precision
{
    /// <summary>32 bits.</summary>
    Float32,

    /// <summary>64 bits.</summary>
    Float64,
}
