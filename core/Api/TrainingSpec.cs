namespace FedOperator.Core.Api;

/// <summary>What a client does in one train round.</summary>
public sealed record TrainingSpec
{
    /// <summary>Optimizer steps of a client in one round. More steps: fewer rounds, but the clients drift apart. At most one of <see cref="LocalSteps"/> and <see cref="LocalEpochs"/>; 10 steps where neither is given.</summary>
    public int? LocalSteps { get; init; }

    /// <summary>Passes over the client's own data in one round, in place of <see cref="LocalSteps"/>: clients with more data then take more steps.</summary>
    public int? LocalEpochs { get; init; }

    /// <summary>Samples of one step; a client with fewer takes them all. With BatchNorm at least 2. Default 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The client's optimizer.</summary>
    public OptimizerSpec Optimizer { get; init; } = new();

    /// <summary>How the learning rate changes over the rounds; within a round it is constant.</summary>
    public ScheduleSpec Schedule { get; init; } = new();

    /// <summary>Largest L2 norm of a step's whole gradient: longer ones are scaled down to it. Absent: 1 with `normalization.gradientStatistics` (which diverge without) unless `aggregation.clipNorm` is given; otherwise no clipping. A very large number: none in any case.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Random changes of training images, drawn anew for each time that one is seen. Absent: none.</summary>
    public AugmentationSpec? Augmentation { get; init; }

    /// <summary>Arithmetic and storage of weights. Default `float32`.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Threads of one trainer's arithmetic. Another number gives other bytes: sums are taken in another order. Ask for as many CPUs in `trainer.resources`. Default 1.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>Random changes of training images. Test images, and those that statistics are gathered on between rounds, stay as they are.</summary>
public sealed record AugmentationSpec
{
    /// <summary>Pixels of black added on each side before a window of the old size is cut out at random; 4 is usual for 32 x 32. From 0, less than height and width. Default 0: none.</summary>
    public int Crop { get; init; }

    /// <summary>Whether every other image, at random, is mirrored left to right. Default false.</summary>
    public bool Flip { get; init; }
}

/// <summary>The client's optimizer.</summary>
public sealed record OptimizerSpec
{
    /// <summary>Which optimizer. Default `sgd`.</summary>
    public ClientOptimizer Name { get; init; } = ClientOptimizer.Sgd;

    /// <summary>Step size, before the schedule changes it; greater than 0. Default 0.05.</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>PyTorch's SGD momentum: v = momentum v + gradient; from 0, less than 1. With one local step and `state: reset` it has no effect: use `aggregation.server.momentum`. Default 0.9.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>L2 penalty, added to the gradient of every parameter. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>What becomes of a client's momentum between rounds. Default `reset`.</summary>
    public OptimizerState State { get; init; } = OptimizerState.Reset;
}

/// <summary>Client optimizers.</summary>
public enum ClientOptimizer
{
    /// <summary>stochastic gradient descent, with momentum.</summary>
    Sgd,
}

/// <summary>What becomes of a client's optimizer state between rounds.</summary>
public enum OptimizerState
{
    /// <summary>zero at the start of each round: clients need keep nothing.</summary>
    Reset,

    /// <summary>kept by the client, as personal state in its private container.</summary>
    Keep,
}

/// <summary>How the learning rate changes over the train rounds.</summary>
public sealed record ScheduleSpec
{
    /// <summary>The curve after the warm-up. Default `constant`.</summary>
    public ScheduleName Name { get; init; } = ScheduleName.Constant;

    /// <summary>Rounds of linear warm-up from 0: round r of them has r / warmupRounds of the rate. Some 5 to 10 % of all rounds help `normalization.training: federated`, whose first statistics are rough. Default 0.</summary>
    public int WarmupRounds { get; init; }

    /// <summary>Round at which the curve ends; from then on the rate stays. Absent: `rounds` at the start of the job, also where `rounds` grows later.</summary>
    public int? Rounds { get; init; }

    /// <summary>With `step`, and only then: the rate is multiplied by <see cref="StepFactor"/> every so many rounds.</summary>
    public int? StepRounds { get; init; }

    /// <summary>With `step`: the factor, greater than 0 and at most 1. Default 0.1.</summary>
    public double StepFactor { get; init; } = 0.1;
}

/// <summary>Learning rate schedules.</summary>
public enum ScheduleName
{
    /// <summary>always the same.</summary>
    Constant,

    /// <summary>half a cosine, down to zero at the end.</summary>
    Cosine,

    /// <summary>down by a factor every `stepRounds` rounds.</summary>
    Step,
}

/// <summary>Arithmetic of model and checkpoint.</summary>
public enum Precision
{
    /// <summary>32 bits: what networks are usually trained with.</summary>
    Float32,

    /// <summary>64 bits: slower; for comparing algorithms to the last digits.</summary>
    Float64,
}
