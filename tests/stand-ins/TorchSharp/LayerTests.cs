using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class LayerTests
{
    private static readonly Dictionary<string, Func<nn.Module<Tensor, Tensor>>> Layers = new(StringComparer.Ordinal)
    {
        ["conv2d"] = () => nn.Conv2d(3, 6, 3, 2, 1),
        ["conv2d_groups"] = () => nn.Conv2d(4, 8, (3, 5), (1, 2), (1, 2), groups: 4, bias: false),
        ["conv2d_same"] = () => nn.Conv2d(2, 3, 3, Padding.Same),
        ["conv2d_reflect"] = () => nn.Conv2d(2, 3, 3, 1, 1, padding_mode: PaddingModes.Reflect),
        ["batchnorm2d"] = () => nn.BatchNorm2d(5),
        ["batchnorm2d_untracked"] = () => nn.BatchNorm2d(5, affine: false, track_running_stats: false),
        ["batchnorm1d"] = () => nn.BatchNorm1d(7),
        ["groupnorm"] = () => nn.GroupNorm(2, 6),
        ["linear"] = () => nn.Linear(7, 4),
        ["linear_without_bias"] = () => nn.Linear(7, 4, false),
        ["relu"] = () => nn.ReLU(),
        ["maxpool"] = () => nn.MaxPool2d(3, 2, 1),
        ["avgpool"] = () => nn.AvgPool2d(2),
        ["adaptive"] = () => nn.AdaptiveAvgPool2d((2, 3)),
        ["flatten"] = () => nn.Flatten(),
        ["identity"] = () => nn.Identity(),
        ["sequential"] = () => nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3)),
    };

    public static TheoryData<string> Names => [.. Layers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_backward_and_buffers_are_PyTorchs(string name)
    {
        using var scope = NewDisposeScope();
        Compare(name, Layers[name]().to(float64));
    }

    [Fact]
    public void Batch_norm_without_momentum_averages_all_batches()
    {
        using var scope = NewDisposeScope();
        var layer = nn.BatchNorm2d(5).to(float64);
        layer.momentum = null;
        Compare("batchnorm2d_average", layer);
    }

    [Fact]
    public void Batch_norm_in_eval_uses_the_running_statistics()
    {
        using var scope = NewDisposeScope();
        var layer = nn.Sequential(nn.BatchNorm2d(5)).to(float64);
        layer.eval();
        Compare("batchnorm2d_eval", layer);
    }

    [Fact]
    public void A_layer_with_another_weight_is_told_apart()
    {
        using var scope = NewDisposeScope();
        var layer = nn.Linear(7, 4).to(float64);
        Load("linear", layer);
        using (no_grad())
            layer.weight[0, 0].add_(1e-6);
        Assert.True(Reference.Difference(layer.call(Reference.Get("linear/x0")), Reference.Get("linear/y0")) > 1e-9);
    }

    private static void Compare(string name, nn.Module<Tensor, Tensor> layer)
    {
        Load(name, layer);
        for (var step = 0; Reference.Names($"{name}/x{step}").Any(); step++)
        {
            var x = Reference.Get($"{name}/x{step}").requires_grad_();
            var y = layer.call(x);
            layer.zero_grad();
            y.backward([Reference.Get($"{name}/g{step}")]);
            Reference.AssertSame($"{name}/y{step}", y);
            Reference.AssertSame($"{name}/dx{step}", x.grad!);
            foreach (var (key, p) in layer.named_parameters())
                Reference.AssertSame($"{name}/grad{step}/{key}", p.grad!);
        }
        foreach (var (key, value) in layer.state_dict())
            Reference.AssertSame($"{name}/after/{key}", value);
    }

    private static void Load(string name, nn.Module layer)
    {
        var prefix = $"{name}/before/";
        layer.load_state_dict(Reference.Names(prefix).ToDictionary(k => k[prefix.Length..], Reference.Get, StringComparer.Ordinal));
    }
}
