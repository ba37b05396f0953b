namespace FedOperator.Core.Api;

/// <summary>How updates become the next checkpoint.</summary>
public sealed record AggregationSpec
{
    /// <summary>How updates are combined. Default `mean`.</summary>
    public AggregationRule Rule { get; init; } = AggregationRule.Mean;

    /// <summary>What a client's update weighs in the mean. Default `processed`.</summary>
    public Weighting Weighting { get; init; } = Weighting.Processed;

    /// <summary>Largest L2 norm of the averaged update (checkpoint to mean, over all weights and BatchNorm's gamma and beta): a longer one is scaled down to it before the server's optimizer. Absent: no clipping.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>What the aggregator does with the averaged update. Statistics and counters are never touched by it.</summary>
    public ServerSpec Server { get; init; } = new();
}

/// <summary>Aggregation rules.</summary>
public enum AggregationRule
{
    /// <summary>the weighted mean.</summary>
    Mean,
}

/// <summary>Client weights in the mean.</summary>
public enum Weighting
{
    /// <summary>the samples that it trained on in the round; with `fedRep` in its base phase, which alone shapes the update.</summary>
    Processed,

    /// <summary>the samples that it holds.</summary>
    Dataset,

    /// <summary>one: all clients alike.</summary>
    Equal,
}

/// <summary>The server optimizer: base + (averaged update) by default. Statistics and counters never pass through it.</summary>
public sealed record ServerSpec
{
    /// <summary>Which optimizer. Default `sgd`.</summary>
    public ServerOptimizer Optimizer { get; init; } = ServerOptimizer.Sgd;

    /// <summary>Step size on the averaged update; 1 takes the mean as it is. Default 1.</summary>
    public double LearningRate { get; init; } = 1;

    /// <summary>PyTorch's SGD momentum over rounds: v = momentum v + update; from 0, less than 1. Default 0.</summary>
    public double Momentum { get; init; }
}

/// <summary>Server optimizers.</summary>
public enum ServerOptimizer
{
    /// <summary>gradient descent with momentum, the averaged update being the gradient.</summary>
    Sgd,
}
