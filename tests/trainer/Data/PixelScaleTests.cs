using FedOperator.Core.Api;
using FedOperator.Trainer.Data;

namespace FedOperator.Trainer.Tests.Data;

public sealed class PixelScaleTests
{
    [Theory]
    [InlineData(DataFormat.Idx, true, new[] { 0.286 }, new[] { 0.353 })]
    [InlineData(DataFormat.Cifar10, true, new[] { 0.4914, 0.4822, 0.4465 }, new[] { 0.2470, 0.2435, 0.2616 })]
    [InlineData(DataFormat.Cifar100, true, new[] { 0.5071, 0.4865, 0.4409 }, new[] { 0.2673, 0.2564, 0.2762 })]
    [InlineData(DataFormat.Safetensors, true, new[] { 0.5 }, new[] { 0.5 })]
    [InlineData(DataFormat.Safetensors, false, new[] { 0.0 }, new[] { 1.0 })]
    public void What_is_not_given_is_usual_for_the_format(DataFormat format, bool bytes, double[] mean, double[] deviation)
    {
        AssertInputs(PixelScale.Of(format, bytes, null, 3), bytes, mean, deviation);
        AssertInputs(PixelScale.Of(format, bytes, new PixelSpec { Mean = [0.1] }, 3), bytes, [0.1], deviation);
        AssertInputs(PixelScale.Of(format, bytes, new PixelSpec { Deviation = [1, 2, 3] }, 3), bytes, mean, [1, 2, 3]);
    }

    [Fact]
    public void Float32_inputs_of_bytes_are_the_float64_ones_rounded_once()
    {
        byte[] pixels = [.. Enumerable.Range(0, 256).Select(x => (byte)x)];
        var samples = new Samples(pixels, new ushort[1], [1, 16, 16], PixelScale.Of(DataFormat.Safetensors, bytes: true, new PixelSpec { Mean = [0.3], Deviation = [0.7] }, 1));
        var (doubles, floats) = (new double[256], new float[256]);
        samples.Normalize([0], doubles.AsSpan());
        samples.Normalize([0], floats.AsSpan());
        Assert.Equal(pixels.Select(x => ((x / 255.0) - 0.3) / 0.7), doubles);
        Assert.Equal(doubles.Select(x => (float)x), floats);
    }

    [Theory]
    [InlineData(2, 1, "data.pixels.mean has 2 numbers for images of 3 channels")]
    [InlineData(1, 0, "data.pixels.deviation has 0 numbers for images of 3 channels")]
    public void Another_number_of_numbers_is_refused(int means, int deviations, string message)
    {
        var spec = new PixelSpec { Mean = new double[means], Deviation = new double[deviations] };
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => PixelScale.Of(DataFormat.Cifar10, true, spec, 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deviation_of_zero_is_refused() =>
        Assert.Contains("data.pixels.deviation has 0", Assert.Throws<InvalidDataException>(() => PixelScale.Of(DataFormat.Idx, true, new PixelSpec { Deviation = [0] }, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Sets_of_other_scales_and_types_join_as_inputs_and_alike_ones_as_they_are()
    {
        var bytes = new Samples((byte[])[0, 255], (ushort[])[1, 2], [1, 1, 1], PixelScale.Of(DataFormat.Safetensors, true, null, 1));
        var numbers = new Samples([7f], (ushort[])[300], [1, 1, 1], PixelScale.Of(DataFormat.Safetensors, false, new PixelSpec { Mean = [5], Deviation = [4] }, 1));
        foreach (var (sets, expected) in ((Samples[], double[])[])[([bytes, numbers], [-1, 1, 0.5]), ([bytes, bytes], [-1, 1, -1, 1]), ([numbers, numbers], [0.5, 0.5])])
        {
            var joined = Samples.Join(sets);
            var inputs = new double[joined.Count];
            joined.Normalize([.. Enumerable.Range(0, joined.Count)], inputs.AsSpan());
            Assert.Equal(expected, inputs);
            Assert.Equal(sets.SelectMany(s => s.Labels.ToArray()), joined.Labels.ToArray());
            Assert.Equal(joined.Labels[^1], joined.Take([joined.Count - 1]).Labels[0]);
        }
    }

    private static void AssertInputs(PixelScale scale, bool bytes, double[] mean, double[] deviation)
    {
        // Three channels of one pixel each.
        var samples = bytes ? new Samples((byte[])[3, 100, 255], new ushort[1], [3, 1, 1], scale) : new Samples([0.25f, 0.5f, 2f], new ushort[1], [3, 1, 1], scale);
        double[] x = bytes ? [3 / 255.0, 100 / 255.0, 1] : [0.25, 0.5, 2];
        var inputs = new double[3];
        samples.Normalize([0], inputs.AsSpan());
        Assert.Equal(x.Select((value, c) => (value - mean[c % mean.Length]) / deviation[c % deviation.Length]), inputs);
    }
}
