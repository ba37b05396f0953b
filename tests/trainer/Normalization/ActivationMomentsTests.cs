using FedOperator.Core.Ledger;
using FedOperator.Trainer.Normalization;
using FedOperator.Trainer.Training;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Tests.Normalization;

public sealed class ActivationMomentsTests
{
    [Theory]
    [InlineData(1, ScalarType.Float32, 5, 3)]
    [InlineData(7, ScalarType.Float32, 5, 3)]
    [InlineData(8, ScalarType.Float64, 5, 3)]
    [InlineData(49, ScalarType.Float32, 4, 2)]
    [InlineData(49, ScalarType.Float64, 4, 2)]
    [InlineData(784, ScalarType.Float32, 3, 2)]
    public void Moments_of_an_activation_are_those_of_its_values(int row, ScalarType type, int samples, int channels)
    {
        using var scope = NewDisposeScope();
        var x = Values(samples, channels, row, mean: 3, deviation: 2).to(type);
        var moments = new ChannelMoments(channels);
        ActivationMoments.Add(moments, row == 1 ? x.view(samples, channels) : x.view(samples, channels, row, 1));
        AssertExact(moments, TensorContent.Doubles(x), samples, channels, row, 1e-13);
    }

    // What a GPU does, on the processor: here there is none.
    [Theory]
    [InlineData(1, ScalarType.Float32)]
    [InlineData(49, ScalarType.Float32)]
    [InlineData(49, ScalarType.Float64)]
    public void Moments_by_libtorchs_own_sums_are_the_same(int row, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var x = Values(5, 3, row, mean: 1e3, deviation: 1e-2).to(type);
        var moments = new ChannelMoments(3);
        ActivationMoments.AddWhereItLies(moments, row == 1 ? x.view(5, 3) : x.view(5, 3, row, 1));
        AssertExact(moments, TensorContent.Doubles(x), 5, 3, row, 1e-12);
        ActivationMoments.AddWhereItLies(moments, empty([0, 3], type));
        Assert.Equal(5 * row, moments.Count);
    }

    [Fact]
    public void A_large_mean_beside_a_small_deviation_costs_no_accuracy()
    {
        using var scope = NewDisposeScope();
        var x = Values(16, 4, 100, mean: 1e4, deviation: 1e-2).to(ScalarType.Float32);
        var moments = new ChannelMoments(4);
        foreach (var part in Enumerable.Range(0, 16))
            ActivationMoments.Add(moments, x.narrow(0, part, 1).view(1, 4, 10, 10));
        Assert.All(moments.Variance(), variance => Assert.True(variance > 0));
        AssertExact(moments, TensorContent.Doubles(x), 16, 4, 100, 1e-9);
    }

    [Fact]
    public void Constant_channels_have_exactly_no_variance()
    {
        using var scope = NewDisposeScope();
        var moments = new ChannelMoments(2);
        for (var i = 0; i < 10; i++)
            ActivationMoments.Add(moments, full([3, 2, 5, 5], 1234.567f, ScalarType.Float32));
        Assert.All(moments.Variance(), variance => Assert.Equal(0, variance));
    }

    [Theory]
    [InlineData(6, ScalarType.Float32)]
    [InlineData(16, ScalarType.Float32)]
    [InlineData(21, ScalarType.Float64)]
    [InlineData(1030, ScalarType.Float32)]
    public void An_activation_with_its_channels_last_is_read_in_its_logical_order(int channels, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var x = Values(4, channels, 63, 3, 2).to(type).view(4, channels, 9, 7);
        var moments = new ChannelMoments(channels);
        var last = x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        Assert.False(last.is_contiguous());
        ActivationMoments.Add(moments, last);
        AssertExact(moments, TensorContent.Doubles(x), 4, channels, 63, 1e-13);
    }

    [Fact]
    public void An_activation_of_any_strides_is_read_in_its_logical_order()
    {
        using var scope = NewDisposeScope();
        var x = Values(4, 6, 9, 1, 1).view(4, 6, 3, 3);
        var (dense, strided) = (new ChannelMoments(6), new ChannelMoments(6));
        ActivationMoments.Add(dense, x);
        ActivationMoments.Add(strided, x.permute(1, 3, 0, 2).contiguous().permute(2, 0, 3, 1));
        Assert.Equal(dense.Mean, strided.Mean);
        Assert.Equal(dense.M2, strided.M2);
    }

    [Fact]
    public void Merging_is_independent_of_grouping_and_order()
    {
        var draws = new Draws(1, "moments");
        var parts = Enumerable.Range(0, 12).Select(i => Part(draws, 1 + (i * 7), 1e3, 3)).ToList();
        var pooled = Merge(parts);
        var reversed = Merge(parts.AsEnumerable().Reverse());
        var nested = Merge([Merge(parts.Take(5)), Merge(parts.Skip(5).Take(1)), Merge(parts.Skip(6))]);
        foreach (var other in new[] { reversed, nested })
        {
            Assert.Equal(pooled.Count, other.Count);
            Assert.InRange(Math.Abs(pooled.Mean[0] - other.Mean[0]) / pooled.Mean[0], 0, 1e-12);
            Assert.InRange(Math.Abs(pooled.M2[0] - other.M2[0]) / pooled.M2[0], 0, 1e-12);
        }
    }

    [Fact]
    public void Merging_nothing_changes_nothing_and_nothing_has_no_variance()
    {
        var moments = new ChannelMoments(1);
        moments.Merge(0, [5], [5]);
        Assert.Equal(0, moments.Count);
        Assert.Equal(0, moments.Mean[0]);
        Assert.Contains("no samples", Assert.Throws<InvalidOperationException>(moments.Variance).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => moments.Merge(1, [1, 2], [1]));
    }

    private static ChannelMoments Part(Draws draws, int count, double mean, double deviation)
    {
        var values = Enumerable.Range(0, count).Select(_ => mean + (deviation * draws.Uniform())).ToArray();
        var average = values.Average();
        var moments = new ChannelMoments(1);
        moments.Merge(count, [average], [values.Sum(v => (v - average) * (v - average))]);
        return moments;
    }

    private static ChannelMoments Merge(IEnumerable<ChannelMoments> parts)
    {
        var all = new ChannelMoments(1);
        foreach (var part in parts)
            all.Merge(part.Count, part.Mean, part.M2);
        return all;
    }

    private static Tensor Values(int samples, int channels, int row, double mean, double deviation)
    {
        var draws = new Draws(9, "activation");
        var values = Enumerable.Range(0, samples * channels * row).Select(i => mean + (i / row % channels) + (deviation * (draws.Uniform() - 0.5))).ToArray();
        return tensor(values, ScalarType.Float64).view(samples, channels, row);
    }

    // Two passes over the same values, with compensated sums' accuracy from decimal arithmetic being overkill: float64 two-pass is exact to rounding here.
    private static void AssertExact(ChannelMoments moments, double[] values, int samples, int channels, int row, double tolerance)
    {
        Assert.Equal(samples * row, moments.Count);
        for (var c = 0; c < channels; c++)
        {
            var own = values.Where((_, i) => i / row % channels == c).ToArray();
            var shift = own[0];
            var mean = shift + own.Average(v => v - shift);
            var m2 = own.Sum(v => (v - mean) * (v - mean));
            Assert.InRange(Math.Abs(moments.Mean[c] - mean) / Math.Abs(mean), 0, tolerance);
            Assert.InRange(Math.Abs(moments.M2[c] - m2), 0, tolerance * m2);
        }
    }
}
