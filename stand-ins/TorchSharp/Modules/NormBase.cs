using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What layers with running statistics share.</summary>
public abstract class NormBase : nn.Module<Tensor, Tensor>
{
    private Parameter? ownWeight;
    private Parameter? ownBias;
    private Tensor? ownMean;
    private Tensor? ownVariance;
    private Tensor? ownCount;

    /// <summary>Weights one, offsets zero, mean zero, variance one.</summary>
    protected NormBase(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name) : base(name)
    {
        this.num_features = num_features;
        this.eps = eps;
        this.momentum = momentum;
        this.affine = affine;
        this.track_running_stats = track_running_stats;
        if (affine)
        {
            weight = ones(num_features, dtype, device).AsParameter();
            bias = zeros(num_features, dtype, device).AsParameter();
        }
        if (track_running_stats)
        {
            running_mean = zeros(num_features, dtype, device);
            running_var = ones(num_features, dtype, device);
            num_batches_tracked = tensor(0L, dtype, device);
        }
    }

    /// <summary>Gamma, or null.</summary>
    public Parameter? weight
    {
        get => ownWeight;
        set
        {
            Layer.Set(ref ownWeight, value);
            ConditionallyRegisterParameter(nameof(weight), ownWeight);
        }
    }

    /// <summary>Beta, or null.</summary>
    public Parameter? bias
    {
        get => ownBias;
        set
        {
            Layer.Set(ref ownBias, value);
            ConditionallyRegisterParameter(nameof(bias), ownBias);
        }
    }

    /// <summary>Running means, or null.</summary>
    public Tensor? running_mean
    {
        get => ownMean;
        set
        {
            Layer.Set(ref ownMean, value);
            ConditionallyRegisterBuffer(nameof(running_mean), ownMean);
        }
    }

    /// <summary>Running variances, or null.</summary>
    public Tensor? running_var
    {
        get => ownVariance;
        set
        {
            Layer.Set(ref ownVariance, value);
            ConditionallyRegisterBuffer(nameof(running_var), ownVariance);
        }
    }

    /// <summary>Batches seen in training, or null; int64 without dimensions.</summary>
    public Tensor? num_batches_tracked
    {
        get => ownCount;
        set
        {
            Layer.Set(ref ownCount, value);
            ConditionallyRegisterBuffer(nameof(num_batches_tracked), ownCount);
        }
    }

    /// <summary>Channels.</summary>
    public long num_features { get; }

    /// <summary>Added to variances.</summary>
    public double eps { get; set; }

    /// <summary>The share of a new batch in the running statistics; null averages all batches.</summary>
    public double? momentum { get; set; }

    /// <summary>Whether there are weight and bias.</summary>
    public bool affine { get; }

    /// <summary>Whether there are running statistics.</summary>
    public bool track_running_stats { get; }

    /// <summary>Mean zero, variance one.</summary>
    public void reset_running_stats()
    {
        if (!track_running_stats)
            return;
        nn.init.zeros_(running_mean!);
        nn.init.ones_(running_var!);
        nn.init.zeros_(num_batches_tracked!);
    }

    /// <summary>Everything as at the start.</summary>
    public void reset_parameters()
    {
        reset_running_stats();
        if (!affine)
            return;
        nn.init.ones_(weight!);
        nn.init.zeros_(bias!);
    }

    /// <summary>Throws for an input of the wrong rank.</summary>
    protected abstract void ValidateInputDimensions(Tensor input);

    /// <inheritdoc/>
    protected override void RegisterComponents() { }
}
