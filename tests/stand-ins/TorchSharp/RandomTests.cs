using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class RandomTests
{
    [Fact]
    public void The_same_seed_draws_what_PyTorch_draws()
    {
        using var scope = NewDisposeScope();
        using var _ = manual_seed(7);
        Reference.AssertSame("seed/rand", rand(20, float64), 0);
        Reference.AssertSame("seed/randn", randn(20, float64), 0);
        Reference.AssertSame("seed/randn_float32", randn(33), 0);
        Reference.AssertSame("seed/randperm", randperm(50), 0);
        Reference.AssertSame("seed/randint", randint(0, 100, [10]), 0);
        using var own = new Generator(11);
        Reference.AssertSame("seed/own", rand(9, float64, generator: own), 0);
    }

    [Fact]
    public void Layers_start_with_PyTorchs_values()
    {
        using var scope = NewDisposeScope();
        using var _ = manual_seed(8);
        foreach (var (name, layer) in new (string, nn.Module)[] { ("conv", nn.Conv2d(3, 5, 3)), ("linear", nn.Linear(9, 4)), ("bn", nn.BatchNorm2d(4)) })
            foreach (var (key, value) in layer.state_dict())
                Reference.AssertSame($"initial/{name}/{key}", value, 0);
        Reference.AssertSame("seed/dropout", nn.functional.dropout(ones(40, float64), 0.3), 0);
    }

    [Fact]
    public void Another_seed_draws_something_else()
    {
        using var scope = NewDisposeScope();
        using var _ = manual_seed(70);
        Assert.True(Reference.Difference(rand(20, float64), Reference.Get("seed/rand")) > 1e-3);
    }

    [Fact]
    public void A_state_brings_back_the_draws()
    {
        using var scope = NewDisposeScope();
        using var g = new Generator(5);
        var state = g.get_state();
        var first = randn(8, generator: g);
        Assert.False(first.Equals(randn(8, generator: g)));
        g.set_state(state);
        Assert.True(first.Equals(randn(8, generator: g)));
        g.manual_seed(5);
        Assert.True(first.Equals(randn(8, generator: g)));
        Assert.Equal(5, g.initial_seed());
    }

    [Fact]
    public void Initializers_have_the_spread_they_promise()
    {
        using var scope = NewDisposeScope();
        using var _ = manual_seed(1);
        var w = empty(400, 300, float64);
        Assert.Equal(Math.Sqrt(2.0 / 300), nn.init.kaiming_normal_(w, nonlinearity: nn.init.NonlinearityType.ReLU).std().ToDouble(), 1e-3);
        Assert.Equal(Math.Sqrt(2.0 / 700), nn.init.xavier_uniform_(w).std().ToDouble(), 1e-3);
        Assert.Equal((300L, 400L), nn.init.CalculateFanInAndFanOut(w));
    }
}
