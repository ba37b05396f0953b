namespace FedOperator.Core.Api;

/// <summary>How the network's activations are normalized, and what clients share of it (arXiv 2405.14670, 2105.07576). docs/normalization.md says which field suits which situation.</summary>
public sealed record NormalizationSpec
{
    /// <summary>What stands after each convolution. Default `batch`.</summary>
    public NormalizationLayer Layer { get; init; } = NormalizationLayer.Batch;

    /// <summary>With `layer: batch`: the mean and variance that a layer normalizes with while it trains. Default `federated`.</summary>
    public NormalizationTraining Training { get; init; } = NormalizationTraining.Federated;

    /// <summary>With `training: federated`: the backward pass also subtracts shared running means of the gradient, as ordinary BatchNorm's backward does with the batch's own. Costs 2 more numbers a channel on the wire, closes most of the gap to centralized BatchNorm, and wants clipping and warm-up. Absent: true with `federated`.</summary>
    public bool? GradientStatistics { get; init; }

    /// <summary>Train round from which on statistics are constants, whatever `training` is (FixBN, FrozenBN): layers normalize with the running statistics as they then are, gamma and beta go on learning, and no moments are sent. From 1; absent: never.</summary>
    public int? FreezeAtRound { get; init; }

    /// <summary>m in: new statistics = (1 - m) old + m merged. Once a round with `federated` and `hybrid`, once a step with `exact` and `local` (once a ghost batch, where there are). Greater than 0, at most 1, in PyTorch's meaning. Absent: 0.5 with `federated` and `hybrid`, whose statistics must keep up with the weights; PyTorch's 0.1 with `local` and `exact`.</summary>
    public double? StatisticsMomentum { get; init; }

    /// <summary>With `training: federated` or `hybrid`: at which weights a client gathers the moments that it sends. Default `duringTraining`.</summary>
    public MomentsAt Moments { get; init; } = MomentsAt.DuringTraining;

    /// <summary>What inference normalizes with: the reported accuracy and the result's statistics. Default `running`.</summary>
    public PopulationStatistics Population { get; init; } = PopulationStatistics.Running;

    /// <summary>With `population: precise`: how the statistics rounds are done.</summary>
    public PreciseSpec Precise { get; init; } = new();

    /// <summary>Samples of one mini-batch wherever inference uses mini-batches: `population: miniBatch`, and `precise` with `forward: batch`. From 2; absent: `training.batchSize`.</summary>
    public int? PopulationBatchSize { get; init; }

    /// <summary>Which tensors of the BatchNorm layers leave their client. Default `shared`.</summary>
    public NormalizationScope Scope { get; init; } = NormalizationScope.Shared;

    /// <summary>With `training: local` or `hybrid`: samples over which one set of mini-batch statistics is taken, fewer than the `training.batchSize` of a step (ghost batches). From 2; absent: the whole step's.</summary>
    public int? GhostBatchSize { get; init; }

    /// <summary>How the clients' moments are merged where some clients may lie. Absent: exactly, by count (law of total variance). The rule for weights is `aggregation.rule`, apart from this one.</summary>
    public RobustSpec? Robust { get; init; }

    /// <summary>How many samples of each client set the running statistics before round 1, layer by layer, with `training: federated` or `hybrid` (with `fedRep` any). With any `training` a model that has no statistics of the client's own yet is evaluated with those of so many of its samples. Default 256.</summary>
    public int BootstrapSamples { get; init; } = 256;

    /// <summary>With `layer: group`: groups of channels in each layer; must divide `model.width`. Default 8.</summary>
    public int Groups { get; init; } = 8;

    /// <summary><see cref="GradientStatistics"/>, said or not.</summary>
    public bool HasGradientStatistics() => Layer == NormalizationLayer.Batch && Training == NormalizationTraining.Federated && GradientStatistics != false;

    /// <summary><see cref="StatisticsMomentum"/>, said or not.</summary>
    public double Momentum() => StatisticsMomentum ?? (Training is NormalizationTraining.Federated or NormalizationTraining.Hybrid ? 0.5 : 0.1);

    /// <summary>The same with everything said that is used.</summary>
    internal NormalizationSpec Said() => Layer == NormalizationLayer.Batch
        ? this with { GradientStatistics = Training == NormalizationTraining.Federated ? HasGradientStatistics() : GradientStatistics, StatisticsMomentum = Momentum() }
        : this;
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

    /// <summary>the moments of all clients' mini-batches together, pooled at every step, layer by layer, forward and backward: BatchNorm over the whole federation (SyncBN over clients). Two exchanges through the storage for each layer and step: for few steps, or fast storage. Centralized BatchNorm itself with one local step; an approximation with more, as the clients' weights differ by then.</summary>
    Exact,

    /// <summary>a mix of the mini-batch's own and the shared running statistics, learned for each channel (HBN).</summary>
    Hybrid,
}

/// <summary>At which weights a client gathers moments.</summary>
public enum MomentsAt
{
    /// <summary>as it goes, over the forward passes of its steps: no extra work, and with many local steps they describe weights that no other client has.</summary>
    DuringTraining,

    /// <summary>at the round's base, over the same batches and before the first step: all clients describe the same network. One more forward pass a batch.</summary>
    AtBase,
}

/// <summary>What inference normalizes with.</summary>
public enum PopulationStatistics
{
    /// <summary>the running statistics of training, as they are.</summary>
    Running,

    /// <summary>statistics gathered anew over many samples once the weights stand still (PreciseBN, arXiv 2105.07576 section 3). They go into the result; the running statistics of training stay as they are.</summary>
    Precise,

    /// <summary>each inference mini-batch's own. Predictions then depend on what else is in the batch.</summary>
    MiniBatch,
}

/// <summary>How precise population statistics are gathered.</summary>
public sealed record PreciseSpec
{
    /// <summary>What normalizes in the forward passes that gather them. Default `pooled`.</summary>
    public PreciseForward Forward { get; init; } = PreciseForward.Pooled;

    /// <summary>Training samples of all clients together, each giving a share proportional to what it holds, at most all. With a `scope` in which each client has statistics of its own, the samples of each. From 1000; default 4000.</summary>
    public int Samples { get; init; } = 4000;

    /// <summary>Gathers, and evaluates with, precise statistics every so many train rounds as well. Absent: only after the last.</summary>
    public int? EveryRounds { get; init; }
}

/// <summary>What normalizes while precise statistics are gathered.</summary>
public enum PreciseForward
{
    /// <summary>the precise statistics of the layers before, one statistics round for each layer: the exact statistics of all the samples, however skewed the clients are.</summary>
    Pooled,

    /// <summary>each mini-batch's own, all layers in one statistics round (arXiv 2105.07576). Under skew a client's batches are not like the population's.</summary>
    Batch,
}

/// <summary>Which tensors of BatchNorm layers leave their client.</summary>
public enum NormalizationScope
{
    /// <summary>all: gamma, beta and statistics.</summary>
    Shared,

    /// <summary>gamma and beta; each client keeps statistics of its own (SiloBN), for clients whose inputs look different: other scanners, other cameras.</summary>
    StatisticsPerClient,

    /// <summary>none: gamma, beta and statistics stay with their client (FedBN).</summary>
    PerClient,
}

/// <summary>Robust merging of the clients' moments, coordinate by coordinate: mu = R({m_i}), variance = max(R({v_i + (m_i - mu)^2}), 0), each client alike.</summary>
public sealed record RobustSpec
{
    /// <summary>R. Default `trimmedMean`.</summary>
    public RobustRule Rule { get; init; } = RobustRule.TrimmedMean;

    /// <summary>How many of a round's participants may send anything at all; fewer than half of the smallest number that a quorum lets through. From 1.</summary>
    public required int MaxFaulty { get; init; }

    /// <summary>What happens to the clients' vectors before R. Default `nearestNeighbours`: without, liars that all err to one side shift R within the range of the honest, round after round.</summary>
    public RobustMixing Mixing { get; init; } = RobustMixing.NearestNeighbours;

    /// <summary>The fewest clients that a rule can merge: 2 maxFaulty + 1, an honest majority.</summary>
    public int LeastClients() => checked((2 * MaxFaulty) + 1);
}

/// <summary>Robust rules, per coordinate.</summary>
public enum RobustRule
{
    /// <summary>the mean without the `maxFaulty` smallest and the `maxFaulty` largest values.</summary>
    TrimmedMean,

    /// <summary>the median; of an even number of values the mean of the middle two.</summary>
    Median,
}

/// <summary>What is done before a robust rule.</summary>
public enum RobustMixing
{
    /// <summary>nothing.</summary>
    None,

    /// <summary>each client's vector of a layer is replaced by the mean of its n - `maxFaulty` nearest ones, itself included (arXiv 2302.01772): for clients whose data differ.</summary>
    NearestNeighbours,
}
