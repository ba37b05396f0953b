"""What PyTorch itself computes, for the tests of the stand-in: written to one folder as raw arrays and a list of them.

    /usr/bin/python3 reference.py FOLDER        needs python3-torch
"""
import sys
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
FOLDER = sys.argv[1]
entries, data, offset = [], open(f"{FOLDER}/reference.bin", "wb"), 0


def put(name, tensor):
    global offset
    t = tensor.detach().contiguous()
    raw = t.view(torch.int16).numpy().tobytes() if t.dtype == torch.bfloat16 else t.numpy().tobytes()
    data.write(raw)
    entries.append(f"{name}\t{str(t.dtype)[6:]}\t{','.join(map(str, t.shape))}\t{offset}\t{len(raw)}")
    offset += len(raw)


def layer(name, module, *shape, steps=1):
    """Input, state before, output, gradients by an upstream gradient, and state after."""
    if any(True for _ in module.parameters()):
        with torch.no_grad():
            for p in module.parameters():
                p.add_(torch.randn_like(p) * 0.1)
    for key, value in module.state_dict().items():
        put(f"{name}/before/{key}", value.clone())
    for step in range(steps):
        x = torch.randn(*shape, requires_grad=True)
        y = module(x)
        g = torch.randn_like(y)
        module.zero_grad()
        y.backward(g)
        put(f"{name}/x{step}", x), put(f"{name}/g{step}", g), put(f"{name}/y{step}", y), put(f"{name}/dx{step}", x.grad)
        for key, p in module.named_parameters():
            put(f"{name}/grad{step}/{key}", p.grad)
    for key, value in module.state_dict().items():
        put(f"{name}/after/{key}", value)


def layers():
    torch.manual_seed(3)
    layer("conv2d", nn.Conv2d(3, 6, 3, 2, 1), 4, 3, 9, 9)
    layer("conv2d_groups", nn.Conv2d(4, 8, (3, 5), (1, 2), (1, 2), groups=4, bias=False), 2, 4, 8, 9)
    layer("conv2d_same", nn.Conv2d(2, 3, 3, padding="same"), 2, 2, 7, 7)
    layer("conv2d_reflect", nn.Conv2d(2, 3, 3, 1, 1, padding_mode="reflect"), 2, 2, 7, 7)
    layer("batchnorm2d", nn.BatchNorm2d(5), 6, 5, 4, 4, steps=3)
    layer("batchnorm2d_average", nn.BatchNorm2d(5, momentum=None), 6, 5, 4, 4, steps=3)
    layer("batchnorm2d_untracked", nn.BatchNorm2d(5, affine=False, track_running_stats=False), 6, 5, 4, 4)
    layer("batchnorm2d_eval", nn.Sequential(nn.BatchNorm2d(5)).eval(), 6, 5, 4, 4)
    layer("batchnorm1d", nn.BatchNorm1d(7), 9, 7, steps=2)
    layer("groupnorm", nn.GroupNorm(2, 6), 3, 6, 4, 4)
    layer("linear", nn.Linear(7, 4), 5, 7)
    layer("linear_without_bias", nn.Linear(7, 4, bias=False), 5, 7)
    layer("relu", nn.ReLU(), 5, 7)
    layer("maxpool", nn.MaxPool2d(3, 2, 1), 2, 3, 8, 8)
    layer("avgpool", nn.AvgPool2d(2), 2, 3, 8, 8)
    layer("adaptive", nn.AdaptiveAvgPool2d((2, 3)), 2, 3, 8, 8)
    layer("flatten", nn.Flatten(), 2, 3, 4)
    layer("identity", nn.Identity(), 2, 3)
    layer("sequential", nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3)), 5, 1, 8, 8, steps=2)


def operators():
    torch.manual_seed(4)
    a, b, p = torch.randn(3, 4), torch.randn(3, 4), torch.rand(3, 4) + 0.5
    square, labels = torch.randn(4, 4), torch.tensor([1, 0, 3])
    image = torch.randn(2, 3, 6, 6)
    for name, t in dict(a=a, b=b, p=p, square=square, labels=labels, image=image).items():
        put(f"op/{name}", t)
    results = dict(
        add=a + b, sub=a - b, mul=a * b, div=a / b, rsub=2 - a, rdiv=2 / a, add_scalar=a + 3, remainder=torch.remainder(a, b), neg=-a,
        matmul=a @ square, mm=a.mm(square), pow=p.pow(2.5), sqrt=p.sqrt(), rsqrt=p.rsqrt(), exp=a.exp(), log=p.log(), abs=a.abs(), clamp=a.clamp(-0.5, 0.5),
        clamp_min=a.clamp(min=0.1), clamp_max=a.clamp(max=0.1), where=torch.where(a > b, a, b), maximum=torch.maximum(a, b), sigmoid=a.sigmoid(), tanh=a.tanh(),
        addcmul=a.addcmul(b, p, value=0.7), addcdiv=a.addcdiv(b, p, value=0.7), lerp=torch.lerp(a, b, p),
        sum=a.sum(), sum_dim=a.sum(1, keepdim=True), sum_dims=image.sum((0, 2, 3)), mean=a.mean(), mean_dims=image.mean((0, 2, 3)), var=a.var(),
        var_dims=image.var((0, 2, 3), unbiased=False), std=a.std(), max=a.max(), min=a.min(), max_dim=a.max(1)[0], max_index=a.max(1)[1], argmax=a.argmax(1), argmax_all=a.argmax(),
        norm=a.norm(), norm_dim=a.norm(dim=1), norm1=a.norm(1), all=(a > -9).all(), any=(a > 9).any(), eq=a.eq(a), lt=a < b, cumsum=a.cumsum(1), amax=image.amax((2, 3)),
        logsumexp=a.logsumexp(1), prod=a.prod(), sort=a.sort(1)[0], topk=a.topk(2, 1)[0],
        reshape=a.reshape(2, 6), permute=image.permute(0, 2, 3, 1), transpose=a.transpose(0, 1), flatten=image.flatten(1), squeeze=a.unsqueeze(0).squeeze(),
        index_select=a.index_select(0, torch.tensor([2, 0])), narrow=a.narrow(1, 1, 2), index=image[..., 1:5:2, 0], index_negative=a[-1], index_none=a[:, None, 2], masked=a[a > 0],
        cat=torch.cat([a, b], 1), stack=torch.stack([a, b], 1), expand=a[0].expand(5, 4), repeat=a.repeat(2, 1), flip=a.flip(1), gather=a.gather(1, labels.view(3, 1)),
        softmax=a.softmax(1), log_softmax=a.log_softmax(1), cross_entropy=F.cross_entropy(a, labels), cross_entropy_sum=F.cross_entropy(a, labels, reduction="sum"),
        cross_entropy_smooth=F.cross_entropy(a, labels, p[0], label_smoothing=0.1), nll_loss=F.nll_loss(a.log_softmax(1), labels), mse_loss=F.mse_loss(a, b), l1_loss=F.l1_loss(a, b),
        pad=F.pad(image, (1, 2, 0, 1)), pad_value=F.pad(a, (1, 1), value=7.5), pad_reflect=F.pad(image, (2, 1, 1, 2), "reflect"), one_hot=F.one_hot(labels, 5),
        max_pool=F.max_pool2d(image, 2), avg_pool=F.avg_pool2d(image, 3, 2, 1, count_include_pad=False), adaptive=F.adaptive_avg_pool2d(image, 2),
        conv=F.conv2d(image, image[:1, :, :3, :3] * 0.1, stride=2, padding=1), layer_norm=F.layer_norm(image, (6, 6)), isfinite=torch.isfinite(a / 0.0),
        arange=torch.arange(2, 11, 3), full=torch.full((2, 2), 3.5), floor=a.floor(), round=a.round(), logical_not=(a > 0).logical_not(), to_int=(a * 100).to(torch.int32),
        to_float=a.float(), to_bfloat16=a.bfloat16(), to_half=a.half(), to_uint8=(p * 100).to(torch.uint8))
    for name, t in results.items():
        put(f"result/{name}", t)


def optimizers():
    kinds = dict(
        sgd=lambda p: torch.optim.SGD(p, 0.1), sgd_momentum=lambda p: torch.optim.SGD(p, 0.1, momentum=0.9), sgd_decay=lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.01),
        sgd_nesterov=lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.01, nesterov=True), sgd_dampening=lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, dampening=0.3),
        adam=lambda p: torch.optim.Adam(p, 0.01), adam_decay=lambda p: torch.optim.Adam(p, 0.01, (0.8, 0.99), 1e-6, weight_decay=0.1), adam_amsgrad=lambda p: torch.optim.Adam(p, 0.01, amsgrad=True))
    torch.manual_seed(5)
    for dtype, suffix in ((torch.float64, ""), (torch.float32, "_float32")):
        start = [torch.randn(4, 3, dtype=dtype), torch.randn(37, dtype=dtype)]
        gradients = [[torch.randn_like(p) for p in start] for _ in range(6)]
        for i, p in enumerate(start):
            put(f"optimizer{suffix}/start{i}", p)
            for step in range(6):
                put(f"optimizer{suffix}/gradient{step}-{i}", gradients[step][i])
        for name, make in kinds.items():
            params = [nn.Parameter(p.clone()) for p in start]
            optimizer = make(params)
            for step in range(6):
                for p, g in zip(params, gradients[step]):
                    p.grad = g.clone()
                optimizer.step()
                for i, p in enumerate(params):
                    put(f"optimizer{suffix}/{name}{step}-{i}", p)
    for norm, limit in ((2.0, 0.7), (1.0, 2.0), (float("inf"), 0.3), (2.0, 1e6)):
        params = [nn.Parameter(torch.zeros_like(p)) for p in start]
        for p, g in zip(params, gradients[0]):
            p.grad = g.clone()
        total = nn.utils.clip_grad_norm_(params, limit, norm)
        put(f"clip/{norm}-{limit}/total", total)
        for i, p in enumerate(params):
            put(f"clip/{norm}-{limit}/{i}", p.grad)


class Normalize(torch.autograd.Function):
    """Normalization by given statistics whose backward subtracts shared means of the gradient."""
    @staticmethod
    def forward(ctx, x, mean, r, g, p):
        y = (x - mean[None, :, None, None]) * r[None, :, None, None]
        ctx.save_for_backward(y, r, g, p)
        return y

    @staticmethod
    def backward(ctx, dy):
        y, r, g, p = ctx.saved_tensors
        return (dy - g[None, :, None, None] - y * p[None, :, None, None]) * r[None, :, None, None], None, None, None, None


def functions():
    torch.manual_seed(6)
    x = torch.randn(4, 3, 5, 5, requires_grad=True)
    mean, r, g, p = (torch.randn(3) for _ in range(4))
    w = torch.randn(4, 3, 5, 5)
    y = Normalize.apply(x * 2, mean, r, g, p)
    (y * w).sum().backward()
    for name, t in dict(x=x, mean=mean, r=r, g=g, p=p, w=w, y=y, dx=x.grad).items():
        put(f"function/{name}", t)


def seeds():
    torch.manual_seed(7)
    put("seed/rand", torch.rand(20)), put("seed/randn", torch.randn(20)), put("seed/randn_float32", torch.randn(33, dtype=torch.float32))
    put("seed/randperm", torch.randperm(50)), put("seed/randint", torch.randint(0, 100, (10,)))
    put("seed/own", torch.rand(9, generator=torch.Generator().manual_seed(11)))
    torch.manual_seed(8)
    for name, module in dict(conv=nn.Conv2d(3, 5, 3, dtype=torch.float32), linear=nn.Linear(9, 4, dtype=torch.float32), bn=nn.BatchNorm2d(4, dtype=torch.float32)).items():
        for key, value in module.state_dict().items():
            put(f"initial/{name}/{key}", value)
    put("seed/dropout", F.dropout(torch.ones(40), 0.3))


layers(), operators(), optimizers(), functions(), seeds()
data.close()
open(f"{FOLDER}/reference.txt", "w").write("\n".join(entries) + "\n")
