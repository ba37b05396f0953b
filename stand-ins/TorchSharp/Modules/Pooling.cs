using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The greatest of each window.</summary>
public sealed class MaxPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal MaxPool2d(long[] kernel, long[]? stride, long[]? padding, long[]? dilation, bool ceil) : base(nameof(MaxPool2d))
    {
        kernel_size = kernel;
        this.stride = stride;
        this.padding = padding;
        this.dilation = dilation;
        ceil_mode = ceil;
    }

    /// <summary>Height and width.</summary>
    public long[] kernel_size { get; set; }
    /// <summary>Steps; null is the window's size.</summary>
    public long[]? stride { get; set; }
    /// <summary>Border.</summary>
    public long[]? padding { get; set; }
    /// <summary>Distances within the window.</summary>
    public long[]? dilation { get; set; }
    /// <summary>Whether incomplete windows count.</summary>
    public bool ceil_mode { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => nn.functional.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode);
}

/// <summary>The mean of each window.</summary>
public sealed class AvgPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal AvgPool2d(long[] kernel, long[]? stride, long[]? padding, bool ceil, bool includePad, long? divisor) : base(nameof(AvgPool2d))
    {
        kernel_size = kernel;
        this.stride = stride;
        this.padding = padding;
        ceil_mode = ceil;
        count_include_pad = includePad;
        divisor_override = divisor;
    }

    /// <summary>Height and width.</summary>
    public long[] kernel_size { get; set; }
    /// <summary>Steps; null is the window's size.</summary>
    public long[]? stride { get; set; }
    /// <summary>Border.</summary>
    public long[]? padding { get; set; }
    /// <summary>Whether incomplete windows count.</summary>
    public bool ceil_mode { get; set; }
    /// <summary>Whether the border counts in the mean.</summary>
    public bool count_include_pad { get; set; }
    /// <summary>What to divide by instead.</summary>
    public long? divisor_override { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => nn.functional.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
}

/// <summary>Means over as many windows as the output has elements.</summary>
public sealed class AdaptiveAvgPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal AdaptiveAvgPool2d(long[] size) : base(nameof(AdaptiveAvgPool2d)) => output_size = size;

    /// <summary>Height and width of the output.</summary>
    public long[] output_size { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => nn.functional.adaptive_avg_pool2d(input, output_size);
}
