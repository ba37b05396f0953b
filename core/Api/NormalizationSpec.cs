namespace FedOperator.Core.Api;

/// <summary>How the network's activations are normalized, and what clients share of it (arXiv 2405.14670).</summary>
public sealed record NormalizationSpec
{
    /// <summary>Default `batch`.</summary>
    public NormalizationLayer Layer { get; init; } = NormalizationLayer.Batch;

    /// <summary>For `batch`: what normalizes in the training forward pass. Default `federated`.</summary>
    public NormalizationTraining Training { get; init; } = NormalizationTraining.Federated;

    /// <summary>With `federated`: the backward pass subtracts the shared running gradient statistics too. Default false.</summary>
    public bool GradientStatistics { get; init; }

    /// <summary>new = (1 - m) old + m merged, once a round with `federated`, once a step inside the client with `local`. PyTorch's meaning; default 0.1.</summary>
    public double StatisticsMomentum { get; init; } = 0.1;

    /// <summary>With `federated`: samples of each client that set the running statistics before round 1. Default 256.</summary>
    public int BootstrapSamples { get; init; } = 256;

    /// <summary>For `group`: groups a layer; a layer's channels must be divisible by it. Default 8.</summary>
    public int Groups { get; init; } = 8;
}

/// <summary>Normalization layers.</summary>
public enum NormalizationLayer
{
    /// <summary>BatchNorm.</summary>
    Batch,

    /// <summary>GroupNorm.</summary>
    Group,

    /// <summary>None; convolutions get a bias.</summary>
    None,
}

/// <summary>What a BatchNorm layer normalizes with while it trains.</summary>
public enum NormalizationTraining
{
    /// <summary>The mini-batch's own statistics; the clients' running statistics are merged at each close.</summary>
    Local,

    /// <summary>FBN: the shared running statistics, constant within a round; the clients' moments are merged at each close.</summary>
    Federated,
}
