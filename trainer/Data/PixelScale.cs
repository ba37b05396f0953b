using FedOperator.Core.Api;

namespace FedOperator.Trainer.Data;

/// <summary>How pixels become the network's inputs: (x - mean) / deviation by channel, of x / 255 where images are bytes.</summary>
public sealed class PixelScale
{
    private readonly double[] _mean;
    private readonly double[] _deviation;
    private double[][]? _doubles;
    private float[][]? _floats;

    private PixelScale(double[] mean, double[] deviation)
    {
        (_mean, _deviation) = (mean, deviation);
    }

    /// <summary>The inputs of a byte as float64, by channel (outer, one table where all are alike) and byte.</summary>
    internal double[][] Doubles => _doubles ??= [.. _mean.Zip(_deviation, (mean, deviation) => Enumerable.Range(0, 256).Select(x => ((x / 255.0) - mean) / deviation).ToArray())];

    /// <summary>The same as float32.</summary>
    internal float[][] Floats => _floats ??= [.. Doubles.Select(table => Array.ConvertAll(table, x => (float)x))];

    /// <summary>The scale of a data set.</summary>
    /// <param name="format">Gives what the spec does not.</param>
    /// <param name="bytes">Whether its pixels are bytes, not floating-point numbers.</param>
    /// <param name="given">data.pixels, or null.</param>
    /// <param name="channels">Of its images.</param>
    /// <exception cref="InvalidDataException">Other than one number, or one for each channel; or a deviation that is not greater than 0.</exception>
    public static PixelScale Of(DataFormat format, bool bytes, PixelSpec? given, int channels)
    {
        var (mean, deviation) = Usual(format, bytes);
        mean = Channels("mean", given?.Mean, mean, channels);
        deviation = Channels("deviation", given?.Deviation, deviation, channels);
        if (Array.Exists(deviation, d => !(d > 0)))
            throw new InvalidDataException(FormattableString.Invariant($"data.pixels.deviation has {Array.Find(deviation, d => !(d > 0))}: give numbers greater than 0"));
        // One for all where all are alike: one table, and one pass over an image.
        return mean.Distinct().Count() == 1 && deviation.Distinct().Count() == 1 ? new PixelScale([mean[0]], [deviation[0]]) : new PixelScale(mean, deviation);
    }

    /// <summary>No change of floating-point numbers.</summary>
    internal static PixelScale Identity { get; } = new([0], [1]);

    /// <summary>What a floating-point pixel becomes.</summary>
    internal double Input(int channel, double x) => (x - _mean[_mean.Length == 1 ? 0 : channel]) / _deviation[_deviation.Length == 1 ? 0 : channel];

    /// <summary>Whether both do the same.</summary>
    internal bool IsSameAs(PixelScale other) => _mean.AsSpan().SequenceEqual(other._mean) && _deviation.AsSpan().SequenceEqual(other._deviation);

    private static double[] Channels(string name, IReadOnlyList<double>? given, double[] usual, int channels)
    {
        var numbers = given is null ? usual : [.. given];
        if (numbers.Length != 1 && numbers.Length != channels)
            throw new InvalidDataException($"data.pixels.{name} has {numbers.Length} numbers for images of {channels} channels: give one, or one for each");
        return numbers.Length == channels ? numbers : [.. Enumerable.Repeat(numbers[0], channels)];
    }

    private static (double[] Mean, double[] Deviation) Usual(DataFormat format, bool bytes) => format switch
    {
        DataFormat.Idx => ([0.286], [0.353]),
        DataFormat.Cifar10 => ([0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]),
        DataFormat.Cifar100 => ([0.5071, 0.4865, 0.4409], [0.2673, 0.2564, 0.2762]),
        _ when bytes => ([0.5], [0.5]),
        _ => ([0], [1]),
    };
}
