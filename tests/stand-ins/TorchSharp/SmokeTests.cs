using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class SmokeTests
{
    private sealed class Net : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv = nn.Conv2d(1, 4, 3, 1, 1, bias: false);
        private readonly BatchNorm2d bn = nn.BatchNorm2d(4);
        private readonly Linear head = nn.Linear(4, 3);

        public Net() : base(nameof(Net)) => RegisterComponents();

        public override Tensor forward(Tensor x)
        {
            x = nn.functional.relu(bn.call(conv.call(x)));
            return head.call(nn.functional.adaptive_avg_pool2d(x, 1).flatten(1));
        }
    }

    private sealed class Twice : autograd.SingleTensorFunction<Twice>
    {
        public override string Name => nameof(Twice);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var x = (Tensor)vars[0];
            ctx.save_for_backward([x]);
            return x * x;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [grad_output * ctx.get_saved_variables()[0] * 2.0, null!];
    }

    [Fact]
    public void A_small_network_learns()
    {
        manual_seed(1);
        using var net = new Net();
        Assert.Equal(string.Join(" ", (string[])["conv.weight", "bn.weight", "bn.bias", "head.weight", "head.bias", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked"]), string.Join(" ", net.state_dict().Keys), StringComparer.Ordinal);
        using var optimizer = optim.SGD(net.parameters(), 0.1, 0.9);
        float first = 0, last = 0;
        for (var step = 0; step < 30; step++)
        {
            using var scope = NewDisposeScope();
            var y = tensor(new long[] { 0, 1, 2, 0, 1, 2 });
            var x = randn(6, 1, 8, 8) * 0.1 + y.to(float32).view(6, 1, 1, 1);
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(net.call(x), y);
            loss.backward();
            nn.utils.clip_grad_norm_(net.parameters(), 5);
            optimizer.step();
            last = loss.item<float>();
            if (step == 0)
                first = last;
        }
        Assert.True(last < first / 2, $"{first} -> {last}");
    }

    [Fact]
    public void A_managed_function_differentiates()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 1, 2, 3 }, requires_grad: true);
        Twice.apply(x, "text").sum().backward();
        Assert.Equal([2.0, 4.0, 6.0], x.grad!.data<double>().ToArray());
    }
}
