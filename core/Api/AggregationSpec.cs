namespace FedOperator.Core.Api;

/// <summary>How updates become the next checkpoint.</summary>
public sealed record AggregationSpec
{
    /// <summary>Default `mean`.</summary>
    public AggregationRule Rule { get; init; } = AggregationRule.Mean;

    /// <summary>What a client's update weighs. Default `processed`.</summary>
    public Weighting Weighting { get; init; } = Weighting.Processed;

    /// <summary>Largest L2 norm of the averaged update (weights and BatchNorm's gamma and beta), before the server optimizer; absent: no clipping.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>What the aggregator does with the averaged update.</summary>
    public ServerSpec Server { get; init; } = new();
}

/// <summary>Aggregation rules.</summary>
public enum AggregationRule
{
    /// <summary>Weighted mean.</summary>
    Mean,
}

/// <summary>Client weights in the mean.</summary>
public enum Weighting
{
    /// <summary>Samples processed in the round.</summary>
    Processed,

    /// <summary>Samples the client holds.</summary>
    Dataset,

    /// <summary>One each.</summary>
    Equal,
}

/// <summary>The server optimizer: base + (averaged update) by default. Statistics and counters never pass through it.</summary>
public sealed record ServerSpec
{
    /// <summary>Default `sgd`.</summary>
    public ServerOptimizer Optimizer { get; init; } = ServerOptimizer.Sgd;

    /// <summary>Default 1.</summary>
    public double LearningRate { get; init; } = 1;

    /// <summary>PyTorch's SGD momentum: v = momentum v + update. Default 0.</summary>
    public double Momentum { get; init; }
}

/// <summary>Server optimizers.</summary>
public enum ServerOptimizer
{
    /// <summary>SGD, with momentum.</summary>
    Sgd,
}
