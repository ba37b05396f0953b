using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests;

public sealed class OperatorTests
{
    private static readonly Dictionary<string, Func<Inputs, Tensor>> Operators = new(StringComparer.Ordinal)
    {
        ["add"] = i => i.A + i.B,
        ["sub"] = i => i.A - i.B,
        ["mul"] = i => i.A * i.B,
        ["div"] = i => i.A / i.B,
        ["rsub"] = i => 2.0 - i.A,
        ["rdiv"] = i => 2.0 / i.A,
        ["add_scalar"] = i => i.A + 3,
        ["remainder"] = i => i.A % i.B,
        ["neg"] = i => i.A.neg(),
        ["matmul"] = i => i.A.matmul(i.Square),
        ["mm"] = i => mm(i.A, i.Square),
        ["pow"] = i => i.P.pow(2.5),
        ["sqrt"] = i => i.P.sqrt(),
        ["rsqrt"] = i => rsqrt(i.P),
        ["exp"] = i => i.A.exp(),
        ["log"] = i => i.P.log(),
        ["abs"] = i => i.A.abs(),
        ["clamp"] = i => i.A.clamp(-0.5, 0.5),
        ["clamp_min"] = i => i.A.clamp(0.1),
        ["clamp_max"] = i => i.A.clamp_max(0.1),
        ["where"] = i => where(i.A.gt(i.B), i.A, i.B),
        ["maximum"] = i => i.A.maximum(i.B),
        ["sigmoid"] = i => i.A.sigmoid(),
        ["tanh"] = i => i.A.tanh(),
        ["addcmul"] = i => i.A.clone().addcmul_(i.B, i.P, 0.7),
        ["addcdiv"] = i => i.A.addcdiv(i.B, i.P, 0.7),
        ["lerp"] = i => i.A.lerp(i.B, i.P),
        ["sum"] = i => i.A.sum(),
        ["sum_dim"] = i => i.A.sum(1, keepdim: true),
        ["sum_dims"] = i => i.Image.sum(0, 2, 3),
        ["mean"] = i => i.A.mean(),
        ["mean_dims"] = i => i.Image.mean([0, 2, 3]),
        ["var"] = i => i.A.var(),
        ["var_dims"] = i => i.Image.var([0L, 2, 3], unbiased: false),
        ["std"] = i => i.A.std(),
        ["max"] = i => i.A.max(),
        ["min"] = i => i.A.min(),
        ["max_dim"] = i => i.A.max(1).values,
        ["max_index"] = i => i.A.max(1).indexes,
        ["argmax"] = i => i.A.argmax(1),
        ["argmax_all"] = i => i.A.argmax(),
        ["norm"] = i => i.A.norm(),
        ["norm_dim"] = i => i.A.norm(1, false, 2f),
        ["norm1"] = i => i.A.norm(1f),
        ["all"] = i => i.A.gt(-9).all(),
        ["any"] = i => i.A.gt(9).any(),
        ["eq"] = i => i.A.eq(i.A),
        ["lt"] = i => i.A.lt(i.B),
        ["cumsum"] = i => i.A.cumsum(1),
        ["amax"] = i => i.Image.amax(2, 3),
        ["logsumexp"] = i => i.A.logsumexp(1),
        ["prod"] = i => i.A.prod(),
        ["sort"] = i => i.A.sort(1).Values,
        ["topk"] = i => i.A.topk(2, 1).values,
        ["reshape"] = i => i.A.reshape(2, 6),
        ["permute"] = i => i.Image.permute(0, 2, 3, 1),
        ["transpose"] = i => i.A.transpose(0, 1),
        ["flatten"] = i => i.Image.flatten(1),
        ["squeeze"] = i => i.A.unsqueeze(0).squeeze(),
        ["index_select"] = i => i.A.index_select(0, tensor(new long[] { 2, 0 })),
        ["narrow"] = i => i.A.narrow(1, 1, 2),
        ["index"] = i => i.Image[TensorIndex.Ellipsis, TensorIndex.Slice(1, 5, 2), TensorIndex.Single(0)],
        ["index_negative"] = i => i.A[-1],
        ["index_none"] = i => i.A[TensorIndex.Colon, TensorIndex.None, TensorIndex.Single(2)],
        ["masked"] = i => i.A[i.A.gt(0)],
        ["cat"] = i => cat([i.A, i.B], 1),
        ["stack"] = i => stack([i.A, i.B], 1),
        ["expand"] = i => i.A[0].expand(5, 4),
        ["repeat"] = i => i.A.repeat(2, 1),
        ["flip"] = i => i.A.flip(1),
        ["gather"] = i => i.A.gather(1, i.Labels.view(3, 1)),
        ["softmax"] = i => F.softmax(i.A, 1),
        ["log_softmax"] = i => F.log_softmax(i.A, 1),
        ["cross_entropy"] = i => F.cross_entropy(i.A, i.Labels),
        ["cross_entropy_sum"] = i => nn.CrossEntropyLoss(reduction: nn.Reduction.Sum).call(i.A, i.Labels),
        ["cross_entropy_smooth"] = i => F.cross_entropy(i.A, i.Labels, i.P[0], label_smoothing: 0.1),
        ["nll_loss"] = i => F.nll_loss(i.A.log_softmax(1), i.Labels),
        ["mse_loss"] = i => F.mse_loss(i.A, i.B),
        ["l1_loss"] = i => F.l1_loss(i.A, i.B),
        ["pad"] = i => F.pad(i.Image, (1, 2, 0, 1)),
        ["pad_value"] = i => F.pad(i.A, (1, 1), value: 7.5),
        ["pad_reflect"] = i => F.pad(i.Image, [2L, 1, 1, 2], PaddingModes.Reflect),
        ["one_hot"] = i => F.one_hot(i.Labels, 5),
        ["max_pool"] = i => F.max_pool2d(i.Image, 2),
        ["avg_pool"] = i => F.avg_pool2d(i.Image, 3, 2, 1, count_include_pad: false),
        ["adaptive"] = i => F.adaptive_avg_pool2d(i.Image, 2),
        ["conv"] = i => F.conv2d(i.Image, i.Image.narrow(0, 0, 1).narrow(2, 0, 3).narrow(3, 0, 3) * 0.1, strides: [2, 2], padding: [1, 1]),
        ["layer_norm"] = i => F.layer_norm(i.Image, [6, 6]),
        ["isfinite"] = i => isfinite(i.A / 0.0),
        ["arange"] = _ => arange(2, 11, 3),
        ["full"] = _ => full(2, 2, 3.5, float64),
        ["floor"] = i => i.A.floor(),
        ["round"] = i => i.A.round(),
        ["logical_not"] = i => i.A.gt(0).logical_not(),
        ["to_int"] = i => (i.A * 100).to(int32),
        ["to_float"] = i => i.A.@float(),
        ["to_bfloat16"] = i => i.A.to_type(bfloat16),
        ["to_half"] = i => i.A.half(),
        ["to_uint8"] = i => (i.P * 100).@byte(),
    };

    public static TheoryData<string> Names => [.. Operators.Keys];

    private sealed record Inputs(Tensor A, Tensor B, Tensor P, Tensor Square, Tensor Labels, Tensor Image);

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operator_computes_what_PyTorch_does(string name)
    {
        using var scope = NewDisposeScope();
        Reference.AssertSame($"result/{name}", Operators[name](Read()));
    }

    [Fact]
    public void Every_operator_of_the_reference_is_compared() =>
        Assert.Equal(Reference.Names("result/").Select(n => n["result/".Length..]).Order(StringComparer.Ordinal), Operators.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void In_place_operators_change_their_tensor_and_return_it()
    {
        using var scope = NewDisposeScope();
        var t = zeros(3, float64);
        t.add_(1).mul_(6).sub_(2).div_(2);
        Assert.Equal([2.0, 2.0, 2.0], t.data<double>().ToArray());
        t.fill_(5).copy_(tensor(new[] { 1, 2, 3 }));
        t[1] = tensor(9.0);
        t[TensorIndex.Slice(2)] = tensor(new[] { 7.0 });
        Assert.Equal([1.0, 9.0, 7.0], t.data<double>().ToArray());
        Assert.Equal(0.0, t.zero_().sum().item<double>());
    }

    [Fact]
    public void Parts_join_to_the_whole()
    {
        using var scope = NewDisposeScope();
        var t = arange(40).reshape(20, 2);
        Assert.Equal(20, t.unbind().Length);
        Assert.True(cat(t.split(3)).Equals(t));
        Assert.True(cat(t.chunk(4)).Equals(t));
        Assert.Equal([5L, 15], t.split([5, 15]).Select(p => p.shape[0]));
    }

    private static Inputs Read() => new(
        Reference.Get("op/a"), Reference.Get("op/b"), Reference.Get("op/p"), Reference.Get("op/square"), Reference.Get("op/labels"), Reference.Get("op/image"));
}
