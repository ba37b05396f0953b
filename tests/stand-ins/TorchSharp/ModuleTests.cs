using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class ModuleTests
{
    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv;
        private readonly Sequential downsample;
        private readonly Parameter scale = ones(1).AsParameter();
        private readonly Tensor offset = zeros(2);
        private readonly ModuleList<nn.Module> rest = nn.ModuleList(nn.Linear(2, 2), nn.ReLU());

        public Block() : base(nameof(Block))
        {
            conv = nn.Conv2d(1, 2, 1, bias: false);
            downsample = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2));
            RegisterComponents();
            register_buffer("scratch", ones(1), persistent: false);
        }

        public Tensor Offset => offset;

        public override Tensor forward(Tensor x) => (conv.call(x) + downsample.call(x)) * scale;
    }

    [Fact]
    public void Fields_are_registered_under_their_names_with_parameters_before_buffers()
    {
        using var block = new Block();
        Assert.Equal(
            "scale conv.weight downsample.0.weight downsample.0.bias downsample.1.weight downsample.1.bias rest.0.weight rest.0.bias " +
            "offset downsample.1.running_mean downsample.1.running_var downsample.1.num_batches_tracked",
            string.Join(' ', block.state_dict().Keys));
        Assert.Equal("conv downsample rest downsample.0 downsample.1 rest.0 rest.1", string.Join(' ', block.named_modules().Select(m => m.name)));
        Assert.Equal("conv downsample rest", string.Join(' ', block.named_children().Select(m => m.name)));
        Assert.Equal(8, block.parameters().Count());
        Assert.True(block.has_buffer("scratch"));
        Assert.Same(block.named_parameters().Last().parameter, block.get_parameter("rest.0.bias"));
        Assert.IsType<BatchNorm2d>(block.named_modules().Single(m => string.Equals(m.name, "downsample.1", StringComparison.Ordinal)).module);
    }

    [Fact]
    public void State_is_live_and_load_copies()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (new Block(), new Block());
        var snapshot = a.state_dict().ToDictionary(e => e.Key, e => e.Value.detach().clone(), StringComparer.Ordinal);
        b.load_state_dict(a.state_dict());
        using (no_grad())
            a.get_parameter("conv.weight")!.fill_(7);
        Assert.Equal(7f, a.state_dict()["conv.weight"].sum().item<float>() / 2);
        Assert.True(b.state_dict()["conv.weight"].Equals(snapshot["conv.weight"]));
        Assert.True(b.state_dict()["conv.weight"].requires_grad);
    }

    [Fact]
    public void Strict_loading_wants_the_very_same_names()
    {
        using var scope = NewDisposeScope();
        var block = new Block();
        var state = new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["scale"] = full(1, 3.0), ["other"] = ones(1) };
        Assert.Throws<InvalidOperationException>(() => block.load_state_dict(state));
        var (missing, unexpected) = block.load_state_dict(state, strict: false);
        Assert.Equal(["other"], unexpected);
        Assert.Equal(11, missing.Count);
        Assert.Equal(3f, block.get_parameter("scale")!.item<float>());
    }

    [Fact]
    public void Batch_norm_buffers_have_PyTorchs_names_types_and_shapes()
    {
        using var bn = nn.BatchNorm2d(3);
        Assert.Equal("weight bias running_mean running_var num_batches_tracked", string.Join(' ', bn.state_dict().Keys));
        Assert.Equal(ScalarType.Int64, bn.num_batches_tracked!.dtype);
        Assert.Empty(bn.num_batches_tracked.shape);
        Assert.Throws<ArgumentException>(() => bn.call(ones(2, 3)));
    }

    [Fact]
    public void Conversion_keeps_integers_and_sets_the_fields()
    {
        using var scope = NewDisposeScope();
        var block = new Block().to(float64);
        Assert.Equal(ScalarType.Float64, block.Offset.dtype);
        Assert.Equal(ScalarType.Int64, block.get_buffer("downsample.1.num_batches_tracked")!.dtype);
        Assert.All(block.parameters(), p => Assert.True(p is { IsInvalid: false, requires_grad: true } && p.dtype == ScalarType.Float64));
        Assert.Equal(ScalarType.Float64, block.call(ones(2, 1, 3, 3, float64)).dtype);
        Assert.Throws<ArgumentException>(() => block.to(int64));
    }

    [Fact]
    public void Modes_reach_every_module_inside()
    {
        using var block = new Block();
        Assert.True(block.training);
        block.eval();
        Assert.All(block.modules(), m => Assert.False(m.training));
        block.train();
        Assert.All(block.modules(), m => Assert.True(m.training));
    }

    [Fact]
    public void A_module_made_in_a_scope_outlives_it_and_frees_its_tensors_when_disposed()
    {
        Leftovers.Collect();
        var before = Tensor.TotalCount;
        nn.Module<Tensor, Tensor> net;
        using (NewDisposeScope())
            net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(2, 2), nn.GroupNorm(1, 2));
        Assert.All(net.state_dict().Values, t => Assert.False(t.IsInvalid));
        using (NewDisposeScope())
            net.call(ones(2, 1, 3, 3));
        net.Dispose();
        net.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Hooks_see_and_replace_results()
    {
        using var scope = NewDisposeScope();
        var layer = nn.Linear(2, 2);
        Tensor? seen = null;
        var hook = layer.register_forward_hook((_, x, y) => { seen = x; return zeros_like(y); });
        Assert.Equal(0f, layer.call(ones(1, 2)).abs().sum().item<float>());
        Assert.NotNull(seen);
        hook.remove();
        Assert.NotEqual(0f, layer.call(ones(1, 2)).abs().sum().item<float>());
    }
}
