using FedOperator.Core.Tensors;
using FsCheck;
using FsCheck.Fluent;

namespace FedOperator.Core.Tests.Tensors;

/// <summary>Invariant 3 of the design: moments merge associatively to 1e-12, in any order, and equal the pooled ones; the variance is never negative.</summary>
public sealed class MomentsTests
{
    // the hard case: mean 1e4, standard deviation 1e-2, float32
    private static readonly Gen<float[]> s_values = Gen.Choose(-1_000_000, 1_000_000).Select(i => (float)(1e4 + (1e-2 * i / 500_000))).NonEmptyListOf().Select(l => l.ToArray());

    [Fact]
    public void Merging_is_associative() =>
        Prop.ForAll(s_values.ToArbitrary(), s_values.ToArbitrary(), s_values.ToArbitrary(), (a, b, c) =>
        {
            var (x, y, z) = (Moments.Of(a), Moments.Of(b), Moments.Of(c));
            return Same(Moments.Merge(Moments.Merge(x, y), z), Moments.Merge(x, Moments.Merge(y, z)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merging_does_not_depend_on_the_order() =>
        Prop.ForAll(s_values.NonEmptyListOf().ToArbitrary(), clients =>
        {
            var moments = clients.Select(c => Moments.Of(c)).ToList();
            var forward = moments.Aggregate((a, b) => Moments.Merge(a, b));
            var backward = moments.AsEnumerable().Reverse().Aggregate((a, b) => Moments.Merge(a, b));
            var sorted = moments.OrderBy(m => m.Mean).Aggregate((a, b) => Moments.Merge(a, b));
            return Same(forward, backward) && Same(forward, sorted);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merged_moments_equal_those_of_the_pooled_values() =>
        Prop.ForAll(s_values.NonEmptyListOf().ToArbitrary(), clients =>
        {
            var merged = clients.Select(c => Moments.Of(c)).Aggregate((a, b) => Moments.Merge(a, b));
            return Same(merged, Pooled([.. clients.SelectMany(c => c)]));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_variance_is_never_negative() =>
        Prop.ForAll(s_values.NonEmptyListOf().ToArbitrary(), clients =>
            clients.Select(c => Moments.Of(c)).Aggregate((a, b) => Moments.Merge(a, b)).Variance >= 0).QuickCheckThrowOnFailure();

    [Fact]
    public void The_naive_formula_fails_where_moments_hold()
    {
        // the negative control: E[x^2] - mean^2 in fp64 over the same values is off by more than 1e-12, and below zero for constant ones
        var values = Enumerable.Range(0, 1000).Select(i => (float)(1e4 + (1e-2 * Math.Sin(i)))).ToArray();
        var naive = (values.Sum(v => (double)v * v) / 1000) - Math.Pow(values.Sum(v => (double)v) / 1000, 2);
        var pooled = Pooled(values).Variance;
        Assert.True(Math.Abs(naive - pooled) > 1e-6 * pooled);
        Assert.True(Math.Abs(Moments.Of(values).Variance - pooled) <= 1e-12 * pooled);
        Assert.Contains(Enumerable.Range(1, 20), i => Naive([.. Enumerable.Repeat(1e4f + (i * 1e-2f), 100_003)]) < 0);
    }

    [Fact]
    public void Merging_means_that_were_rounded_would_lose_the_variance()
    {
        // the second negative control: Chan's formula without the carried rounding error of the mean
        var worst = 0.0;
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var clients = Enumerable.Range(0, 3).Select(_ => Moments.Of([.. Enumerable.Range(0, 3).Select(_ => (float)(1e4 + (1e-2 * random.NextDouble())))])).ToList();
            var bare = Bare(Bare(clients[0], clients[1]), clients[2]);
            var exact = Moments.Merge(Moments.Merge(clients[0], clients[1]), clients[2]);
            worst = Math.Max(worst, exact.M2 == 0 ? 0 : Math.Abs(bare.M2 - exact.M2) / exact.M2);
        }
        Assert.True(worst > 1e-12, $"worst relative error {worst:R}");
    }

    [Fact]
    public void No_values_are_neutral_and_have_no_variance()
    {
        var some = Moments.Of([1, 2, 3]);
        Assert.Equal(some, Moments.Merge(default, some));
        Assert.Equal(some, Moments.Merge(some, default));
        Assert.Throws<InvalidOperationException>(() => default(Moments).Variance);
        Assert.Equal(new Moments(3, 2, 2), some);
    }

    private static bool Same(Moments a, Moments b) =>
        a.Count == b.Count && Math.Abs(a.Mean - b.Mean) <= 1e-12 * Math.Abs(b.Mean) && Math.Abs(a.M2 - b.M2) <= 1e-12 * b.M2;

    /// <summary>Two passes, in decimal: 28 digits.</summary>
    private static Moments Pooled(IReadOnlyList<float> values)
    {
        // exact: float32 values near 1e4 have at most 15 decimal digits
        var exact = values.Select(v => (decimal)(double)v).ToList();
        var mean = exact.Sum() / exact.Count;
        return new Moments(values.Count, (double)mean, (double)exact.Sum(v => (v - mean) * (v - mean)));
    }

    private static double Naive(float[] values) => (values.Sum(v => (double)v * v) / values.Length) - Math.Pow(values.Sum(v => (double)v) / values.Length, 2);

    private static Moments Bare(Moments a, Moments b)
    {
        var delta = b.Mean - a.Mean;
        var count = a.Count + b.Count;
        return new Moments(count, a.Mean + (delta * b.Count / count), a.M2 + b.M2 + (delta * delta * a.Count * b.Count / count));
    }
}
