namespace FedOperator.Core.Api;

/// <summary>How the network's activations are normalized, and what clients share of it (arXiv 2405.14670).</summary>
public sealed record NormalizationSpec
{
    /// <summary>What stands after each convolution. Default `batch`.</summary>
    public NormalizationLayer Layer { get; init; } = NormalizationLayer.Batch;

    /// <summary>With `layer: batch`: the mean and variance that a layer normalizes with while it trains. Default `federated`.</summary>
    public NormalizationTraining Training { get; init; } = NormalizationTraining.Federated;

    /// <summary>With `training: federated`: the backward pass also subtracts shared running means of the gradient, as ordinary BatchNorm's backward does with the batch's own. Costs 2 more numbers a channel on the wire, closes most of the gap to centralized BatchNorm, and wants a smaller learning rate, clipping and warm-up. Default false.</summary>
    public bool GradientStatistics { get; init; }

    /// <summary>m in: new statistics = (1 - m) old + m merged. Once a round with `federated`, once a step inside each client with `local`. Greater than 0, at most 1. PyTorch's meaning; default 0.1.</summary>
    public double StatisticsMomentum { get; init; } = 0.1;

    /// <summary>With `training: federated`: how many samples of each client set the running statistics before round 1, layer by layer. Default 256.</summary>
    public int BootstrapSamples { get; init; } = 256;

    /// <summary>With `layer: group`: groups of channels in each layer; must divide `model.width`. Default 8.</summary>
    public int Groups { get; init; } = 8;
}

/// <summary>Normalization layers.</summary>
public enum NormalizationLayer
{
    /// <summary>BatchNorm: over the batch, per channel; needs statistics, which the other fields are about.</summary>
    Batch,

    /// <summary>GroupNorm: over groups of channels of one sample; no statistics, nothing to share.</summary>
    Group,

    /// <summary>no normalization; convolutions get a bias.</summary>
    None,
}

/// <summary>What a BatchNorm layer normalizes with while it trains.</summary>
public enum NormalizationTraining
{
    /// <summary>each mini-batch's own. The clients' moving averages are merged when a round closes. Under skew each client trains a network that exists nowhere else.</summary>
    Local,

    /// <summary>the running statistics that all clients share, constant within a round (FBN). The clients send the moments (count, mean, M2) of what they saw, and the aggregator merges them exactly. All clients train the same function.</summary>
    Federated,
}
