using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class AutogradTests
{
    private sealed class Normalize : autograd.SingleTensorFunction<Normalize>
    {
        public override string Name => nameof(Normalize);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, mean, r, g, p) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3], (Tensor)vars[4]);
            var y = (x - Channel(mean)) * Channel(r);
            ctx.save_for_backward([y, r, g, p]);
            ctx.save_data("layer", vars[5]);
            return y;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            ((List<double>)ctx.get_data("layer")).Add(grad_output.sum().ToDouble());
            var dx = (grad_output - Channel(saved[2]) - saved[0] * Channel(saved[3])) * Channel(saved[1]);
            return [dx, null!, null!, null!, null!, null!];
        }

        private static Tensor Channel(Tensor t) => t.view(1, -1, 1, 1);
    }

    private sealed class Polar : autograd.MultiTensorFunction<Polar>
    {
        public override string Name => nameof(Polar);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (r, angle) = ((Tensor)vars[0], (Tensor)vars[1]);
            ctx.save_for_backward([r, angle]);
            return [r * angle.cos(), r * angle.sin()];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            var saved = ctx.get_saved_variables();
            var (r, angle, dx, dy) = (saved[0], saved[1], grad_outputs[0], grad_outputs[1]);
            return [dx * angle.cos() + dy * angle.sin(), r * (dy * angle.cos() - dx * angle.sin())];
        }
    }

    private sealed class Failing : autograd.SingleTensorFunction<Failing>
    {
        public override string Name => nameof(Failing);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) =>
            vars.Length > 1 ? throw new NotSupportedException("forward failed") : ((Tensor)vars[0]).clone();

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => throw new TimeoutException("backward failed");
    }

    [Fact]
    public void A_managed_function_is_PyTorchs_forward_and_backward()
    {
        using var scope = NewDisposeScope();
        var x = Reference.Get("function/x").requires_grad_();
        var seen = new List<double>();
        var y = Normalize.apply(x * 2.0, Reference.Get("function/mean"), Reference.Get("function/r"), Reference.Get("function/g"), Reference.Get("function/p"), seen);
        (y * Reference.Get("function/w")).sum().backward();
        Reference.AssertSame("function/y", y, 0);
        Reference.AssertSame("function/dx", x.grad!);
        Assert.Equal([Reference.Get("function/w").sum().ToDouble()], seen);
    }

    [Fact]
    public void A_function_of_two_outputs_agrees_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var (r, angle, w) = (rand(5, float64) + 0.5, rand(5, float64), randn(5, float64));
        r.requires_grad_();
        angle.requires_grad_();
        Tensor Value(Tensor a, Tensor b)
        {
            var xy = Polar.apply(a, b);
            return (xy[0] * w + xy[1].square()).sum();
        }
        Value(r, angle).backward();
        foreach (var (leaf, other) in new[] { (r, angle), (angle, r) })
            for (var i = 0; i < 5; i++)
            {
                double At(double h)
                {
                    using var quiet = no_grad();
                    var moved = leaf.clone();
                    moved[i].add_(h);
                    return (ReferenceEquals(leaf, r) ? Value(moved, other) : Value(other, moved)).item<double>();
                }
                Assert.Equal((At(1e-6) - At(-1e-6)) / 2e-6, leaf.grad![i].item<double>(), 1e-7);
            }
    }

    [Fact]
    public void An_output_that_is_not_used_has_a_gradient_of_zeros()
    {
        using var scope = NewDisposeScope();
        var (r, angle) = (ones(2, float64, requires_grad: true), zeros(2, float64, requires_grad: true));
        Polar.apply(r, angle)[0].sum().backward();
        Assert.Equal([1.0, 1.0], r.grad!.data<double>().ToArray());
    }

    [Fact]
    public void Exceptions_of_managed_functions_arrive_as_they_were()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        Assert.Equal("forward failed", Assert.Throws<NotSupportedException>(() => Failing.apply(x, "now")).Message);
        var y = Failing.apply(x).sum();
        Assert.Equal("backward failed", Assert.Throws<TimeoutException>(() => y.backward()).Message);
        Assert.Throws<ExternalException>(() => y.detach().backward());
    }

    [Fact]
    public void A_managed_function_without_gradients_keeps_nothing_alive()
    {
        Leftovers.Collect();
        long before;
        using (NewDisposeScope())
        {
            var x = ones(3, requires_grad: true);
            before = Tensor.TotalCount;
            for (var i = 0; i < 50; i++)
            {
                using var step = NewDisposeScope();
                Normalize.apply(x.view(1, 3, 1, 1), ones(3), ones(3), ones(3), ones(3), new List<double>()).sum().backward();
            }
            Assert.Equal(before, Tensor.TotalCount);
        }
    }

    [Fact]
    public void Grad_returns_derivatives_without_touching_leaves()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1.0, 2.0 }, requires_grad: true);
        var y = (x * x * x).sum();
        var first = autograd.grad([y], [x], create_graph: true)[0];
        Assert.Equal([3.0, 12.0], first.detach().data<double>().ToArray());
        Assert.Equal([6.0, 12.0], autograd.grad([first.sum()], [x])[0].data<double>().ToArray());
        Assert.Null(x.grad);
    }

    [Fact]
    public void Nothing_is_recorded_without_gradients()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        using (no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (enable_grad())
                Assert.True((x * 2).requires_grad);
            Assert.False(is_grad_enabled());
        }
        Assert.True((x * 2).requires_grad);
        Assert.False((x * 2).detach().requires_grad);
    }
}
