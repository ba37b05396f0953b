using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Normalized per sample and group of channels.</summary>
public sealed class GroupNorm : nn.Module<Tensor, Tensor>
{
    private Parameter? ownWeight;
    private Parameter? ownBias;

    internal GroupNorm(long groups, long channels, double eps, bool affine, Device? device, ScalarType? dtype) : base(nameof(GroupNorm))
    {
        num_groups = groups;
        this.eps = eps;
        this.affine = affine;
        if (!affine)
            return;
        weight = ones(channels, dtype, device).AsParameter();
        bias = zeros(channels, dtype, device).AsParameter();
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

    /// <summary>Groups of channels.</summary>
    public long num_groups { get; set; }

    /// <summary>Added to variances.</summary>
    public double eps { get; set; }

    /// <summary>Whether there are weight and bias.</summary>
    public bool affine { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor tensor) => nn.functional.group_norm(tensor, num_groups, weight, bias, eps);

    /// <inheritdoc/>
    protected override void RegisterComponents() { }
}
