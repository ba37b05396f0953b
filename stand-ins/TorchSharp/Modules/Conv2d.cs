using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What convolutions share; the weight is (outputs, inputs / groups, h, w).</summary>
public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    private Parameter? ownWeight;
    private Parameter? ownBias;

    /// <summary>With PyTorch's first values.</summary>
    protected Convolution(string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, Padding? padding_type, long[] dilation, bool transposed, long[] output_padding, long groups, bool bias, PaddingModes padding_mode, Device? device = null, ScalarType? dtype = null) : base(name)
    {
        if (in_channels % groups != 0)
            throw new ArgumentException($"in_channels ({in_channels}) must be divisible by groups ({groups})");
        if (out_channels % groups != 0)
            throw new ArgumentException($"out_channels ({out_channels}) must be divisible by groups ({groups})");
        this.in_channels = in_channels;
        this.out_channels = out_channels;
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.padding = padding;
        this.padding_type = padding_type;
        this.dilation = dilation;
        this.transposed = transposed;
        this.output_padding = output_padding;
        this.groups = groups;
        this.padding_mode = padding_mode;
        weight = empty((long[])[out_channels, in_channels / groups, .. kernel_size], dtype, device).AsParameter();
        if (bias)
            this.bias = empty(out_channels, dtype, device).AsParameter();
        reset_parameters();
    }

    /// <summary>The kernels.</summary>
    public Parameter weight
    {
        get => ownWeight!;
        set
        {
            Layer.Set(ref ownWeight, value);
            ConditionallyRegisterParameter(nameof(weight), ownWeight);
        }
    }

    /// <summary>The offset per output channel, or null.</summary>
    public Parameter? bias
    {
        get => ownBias;
        set
        {
            Layer.Set(ref ownBias, value);
            ConditionallyRegisterParameter(nameof(bias), ownBias);
        }
    }

    /// <summary>Input channels.</summary>
    public long in_channels { get; }
    /// <summary>Output channels.</summary>
    public long out_channels { get; }
    /// <summary>Whether it goes the other way.</summary>
    public bool transposed { get; }
    /// <summary>The padding by name, or null.</summary>
    public Padding? padding_type { get; }
    /// <summary>The padding by numbers.</summary>
    public long[] padding { get; }
    /// <summary>What the padding is filled with.</summary>
    public PaddingModes padding_mode { get; set; }
    /// <summary>Groups of channels that do not mix.</summary>
    public long groups { get; set; }
    /// <summary>Height and width.</summary>
    public long[] kernel_size { get; set; }
    /// <summary>Steps.</summary>
    public long[] stride { get; set; }
    /// <summary>Distances between a kernel's elements.</summary>
    public long[] dilation { get; set; }
    /// <summary>For transposed ones.</summary>
    public long[] output_padding { get; set; }

    /// <summary>PyTorch's first values.</summary>
    public void reset_parameters()
    {
        nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
        if (bias is null)
            return;
        var (fanIn, _) = nn.init.CalculateFanInAndFanOut(weight);
        var bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
        nn.init.uniform_(bias, -bound, bound);
    }

    /// <inheritdoc/>
    protected override void RegisterComponents() { }
}

/// <summary>Images (N, C, H, W) with kernels.</summary>
public sealed class Conv2d : Convolution
{
    internal Conv2d(long inputs, long outputs, long[] kernel, long[] stride, long[] padding, Padding? named, long[] dilation, PaddingModes mode, long groups, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(Conv2d), inputs, outputs, kernel, stride, padding, named, dilation, false, [0, 0], groups, bias, mode, device, dtype) { }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (padding_type is { } named)
            return nn.functional.conv2d_named(input, weight, bias, stride, named, dilation, groups);
        if (padding_mode is PaddingModes.Zeros)
            return nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
        using var padded = nn.functional.pad(input, (padding[1], padding[1], padding[0], padding[0]), padding_mode);
        return nn.functional.conv2d(padded, weight, bias, stride, [0, 0], dilation, groups);
    }
}
