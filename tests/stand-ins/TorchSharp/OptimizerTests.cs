using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class OptimizerTests
{
    private static readonly Dictionary<string, Func<IEnumerable<Parameter>, OptimizerHelper>> Kinds = new(StringComparer.Ordinal)
    {
        ["sgd"] = p => optim.SGD(p, 0.1),
        ["sgd_momentum"] = p => optim.SGD(p, 0.1, 0.9),
        ["sgd_decay"] = p => optim.SGD(p, 0.1, 0.9, weight_decay: 0.01),
        ["sgd_nesterov"] = p => optim.SGD(p, 0.1, 0.9, weight_decay: 0.01, nesterov: true),
        ["sgd_dampening"] = p => optim.SGD(p, 0.1, 0.9, 0.3),
        ["adam"] = p => optim.Adam(p, 0.01),
        ["adam_decay"] = p => optim.Adam(p, 0.01, 0.8, 0.99, 1e-6, 0.1),
        ["adam_amsgrad"] = p => optim.Adam(p, 0.01, amsgrad: true),
    };

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Six_steps_are_PyTorchs_to_the_bit(string kind)
    {
        foreach (var suffix in new[] { "", "_float32" })
        {
            using var scope = NewDisposeScope();
            var parameters = Start(suffix);
            using var optimizer = Kinds[kind](parameters);
            for (var step = 0; step < 6; step++)
            {
                Step(optimizer, parameters, suffix, step);
                for (var i = 0; i < parameters.Length; i++)
                    Reference.AssertSame($"optimizer{suffix}/{kind}{step}-{i}", parameters[i], 0);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void State_restored_into_a_new_optimizer_continues_to_the_bit(string kind)
    {
        using var scope = NewDisposeScope();
        var parameters = Start("");
        var first = Kinds[kind](parameters);
        for (var step = 0; step < 3; step++)
            Step(first, parameters, "", step);
        var second = Kinds[kind](parameters);
        second.load_state_dict(first.state_dict());
        first.Dispose();
        for (var step = 3; step < 6; step++)
            Step(second, parameters, "", step);
        for (var i = 0; i < parameters.Length; i++)
            Reference.AssertSame($"optimizer/{kind}5-{i}", parameters[i], 0);
    }

    [Fact]
    public void Momentum_lost_on_the_way_is_noticed()
    {
        using var scope = NewDisposeScope();
        var parameters = Start("");
        for (var step = 0; step < 6; step++)
        {
            using var forgetful = optim.SGD(parameters, 0.1, 0.9);
            Step(forgetful, parameters, "", step);
        }
        Assert.True(Reference.Difference(parameters[0], Reference.Get("optimizer/sgd_momentum5-0")) > 1e-3);
    }

    [Fact]
    public void Momentum_buffers_can_be_read_and_set_through_the_state()
    {
        using var scope = NewDisposeScope();
        var parameters = Start("");
        using var optimizer = optim.SGD(parameters, 0.1, 0.9);
        var state = (SGD.State)optimizer.state_dict().State[0];
        Assert.Null(state.momentum_buffer);
        Step(optimizer, parameters, "", 0);
        Assert.True(state.momentum_buffer!.Equals(Reference.Get("optimizer/gradient0-0")));
        state.momentum_buffer = zeros_like(parameters[0]).DetachFromDisposeScope();
        Step(optimizer, parameters, "", 1);
        Assert.True(state.momentum_buffer.Equals(Reference.Get("optimizer/gradient1-0")));
    }

    [Fact]
    public void Groups_have_rates_of_their_own()
    {
        using var scope = NewDisposeScope();
        var p = Start("");
        using var optimizer = optim.SGD([new SGD.ParamGroup([p[0]], 0.5), new SGD.ParamGroup { Parameters = [p[1]] }], 0.1);
        Assert.Equal([0.5, 0.1], optimizer.ParamGroups.Select(g => g.LearningRate));
        foreach (var g in optimizer.ParamGroups)
            g.LearningRate = 0;
        Step(optimizer, p, "", 0);
        Reference.AssertSame("optimizer/start0", p[0], 0);
        Assert.Equal(2, optimizer.parameters().Count());
    }

    [Theory]
    [InlineData(2.0, 0.7, "2.0-0.7")]
    [InlineData(1.0, 2.0, "1.0-2.0")]
    [InlineData(double.PositiveInfinity, 0.3, "inf-0.3")]
    [InlineData(2.0, 1e6, "2.0-1000000.0")]
    public void Clipping_is_PyTorchs_to_the_bit(double norm, double limit, string name)
    {
        using var scope = NewDisposeScope();
        var parameters = Start("_float32");
        for (var i = 0; i < parameters.Length; i++)
            parameters[i].grad = Reference.Get($"optimizer_float32/gradient0-{i}");
        var total = nn.utils.clip_grad_norm_(parameters, limit, norm);
        Assert.Equal(Reference.Get($"clip/{name}/total").ToDouble(), total);
        for (var i = 0; i < parameters.Length; i++)
            Reference.AssertSame($"clip/{name}/{i}", parameters[i].grad!, 0);
    }

    [Fact]
    public void Zero_grad_of_the_optimizer_keeps_the_gradients_and_of_the_module_removes_them()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(2, 1);
        using var optimizer = optim.SGD(layer.parameters(), 0.1);
        layer.call(ones(1, 2)).sum().backward();
        optimizer.zero_grad();
        Assert.Equal(0f, layer.weight.grad!.abs().sum().item<float>());
        layer.zero_grad();
        Assert.Null(layer.weight.grad);
    }

    private static Parameter[] Start(string suffix) => [Reference.Get($"optimizer{suffix}/start0").AsParameter(), Reference.Get($"optimizer{suffix}/start1").AsParameter()];

    private static void Step(OptimizerHelper optimizer, Parameter[] parameters, string suffix, int step)
    {
        for (var i = 0; i < parameters.Length; i++)
            parameters[i].grad = Reference.Get($"optimizer{suffix}/gradient{step}-{i}");
        optimizer.step();
    }
}
