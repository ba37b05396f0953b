"""The networks and FBN again, in PyTorch, from the papers and not from the C# code."""
import torch, torch.nn as nn, torch.nn.functional as F

def over(v, x): return v.view(1, -1, *([1] * (x.dim() - 2)))
def axes(x): return (0,) + tuple(range(2, x.dim()))

class Normalize(torch.autograd.Function):
    """y = (x - mean) r; backward r (dy - g / n - y p / n), which records the means of n dy and n dy y."""
    @staticmethod
    def forward(ctx, x, layer):
        y = (x - over(layer.running_mean, x)) * over(torch.rsqrt(layer.running_var + 1e-5), x)
        ctx.save_for_backward(y); ctx.layer = layer
        return y
    @staticmethod
    def backward(ctx, dy):
        (y,), layer, n = ctx.saved_tensors, ctx.layer, dy.shape[0]
        if layer.gradient_statistics:
            layer.seen_gradient = ((n * dy).mean(axes(dy)), (n * dy * y).mean(axes(dy)))
            dy = dy - over(layer.gradient_mean, dy) / n - y * over(layer.gradient_product, dy) / n
        return dy * over(torch.rsqrt(layer.running_var + 1e-5), dy), None

class FederatedBatchNorm(nn.Module):
    def __init__(self, channels, gradient_statistics):
        super().__init__(); self.gradient_statistics = gradient_statistics
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels)); self.register_buffer("running_var", torch.ones(channels))
        self.register_buffer("num_batches_tracked", torch.tensor(0))
        if gradient_statistics:
            self.register_buffer("gradient_mean", torch.zeros(channels)); self.register_buffer("gradient_product", torch.zeros(channels))
    def forward(self, x):
        self.seen = (x.detach().double().mean(axes(x)), x.detach().double().var(axes(x), unbiased=False))
        if self.training:
            self.num_batches_tracked += 1
        return Normalize.apply(x, self) * over(self.weight, x) + over(self.bias, x)
    def close_round(self, m):
        for buffer, new in zip((self.running_mean, self.running_var), self.seen): buffer.mul_(1 - m).add_(m * new)
        if self.gradient_statistics:
            for buffer, new in zip((self.gradient_mean, self.gradient_product), self.seen_gradient): buffer.mul_(1 - m).add_(m * new)

def pieces(x, size):
    """Consecutive groups of `size` samples; a last one of a single sample is taken together with the group before."""
    parts = list(torch.split(x, size))
    return parts[:-2] + [torch.cat(parts[-2:])] if len(parts) > 1 and len(parts[-1]) == 1 else parts

class GhostBatchNorm(nn.Module):
    """torch's batch_norm, piece by piece."""
    def __init__(self, channels, momentum, size):
        super().__init__(); self.momentum, self.size = momentum, size
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels)); self.register_buffer("running_var", torch.ones(channels))
        self.register_buffer("num_batches_tracked", torch.tensor(0))
    def forward(self, x):
        if self.training: self.num_batches_tracked += 1
        return torch.cat([F.batch_norm(p, self.running_mean, self.running_var, self.weight, self.bias, self.training, self.momentum, 1e-5)
                          for p in (pieces(x, self.size) if self.training else [x])])

class HybridBatchNorm(FederatedBatchNorm):
    """arXiv 2505.21877, equation by equation; autograd does the rest."""
    def __init__(self, channels, size):
        super().__init__(channels, False); self.size = size
        self.mixing = nn.Parameter(torch.zeros(channels))
    def forward(self, x):
        if not self.training: return super().forward(x)
        self.num_batches_tracked += 1
        self.seen = (x.detach().double().mean(axes(x)), x.detach().double().var(axes(x), unbiased=False))
        a, out = torch.sigmoid(self.mixing), []
        for p in pieces(x, self.size):
            mean = a * p.mean(axes(p)) + (1 - a) * self.running_mean
            var = a * ((p - over(p.mean(axes(p)), p)) ** 2).mean(axes(p)) + (1 - a) * self.running_var
            out.append((p - over(mean, p)) / over(torch.sqrt(var + 1e-5), p) * over(self.weight, p) + over(self.bias, p))
        return torch.cat(out)

def norms(kind, groups=8, momentum=0.1):
    return {
        "localGhost": lambda c, d: GhostBatchNorm(c, momentum, 4),
        "frozen": lambda c, d: (nn.BatchNorm1d if d == 1 else nn.BatchNorm2d)(c, momentum=momentum),
        "hybrid": lambda c, d: HybridBatchNorm(c, 1 << 30),
        "hybridGhost": lambda c, d: HybridBatchNorm(c, 4),
        "local": lambda c, d: (nn.BatchNorm1d if d == 1 else nn.BatchNorm2d)(c, momentum=momentum),
        "federated": lambda c, d: FederatedBatchNorm(c, False),
        "gradients": lambda c, d: FederatedBatchNorm(c, True),
        "group": lambda c, d: nn.GroupNorm(groups, c),
        "none": lambda c, d: nn.Identity(),
    }[kind]

class Mlp(nn.Module):
    def __init__(self, w, classes, shape, norm, bias):
        super().__init__(); inputs = shape[0] * shape[1] * shape[2]
        self.fc1 = nn.Linear(inputs, w, bias=bias); self.bn1 = norm(w, 1)
        self.fc2 = nn.Linear(w, w, bias=bias); self.bn2 = norm(w, 1)
        self.fc = nn.Linear(w, classes)
    def forward(self, x): return self.fc(F.relu(self.bn2(self.fc2(F.relu(self.bn1(self.fc1(x.flatten(1))))))))

class Cnn(nn.Module):
    def __init__(self, w, classes, shape, norm, bias):
        super().__init__()
        self.conv1 = nn.Conv2d(shape[0], w, 3, 2, 1, bias=bias); self.bn1 = norm(w, 2)
        self.conv2 = nn.Conv2d(w, 2 * w, 3, 2, 1, bias=bias); self.bn2 = norm(2 * w, 2)
        self.conv3 = nn.Conv2d(2 * w, 4 * w, 3, 2, 1, bias=bias); self.bn3 = norm(4 * w, 2)
        self.fc = nn.Linear(4 * w, classes)
    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)), inplace=True); x = F.relu(self.bn2(self.conv2(x)), inplace=True); x = F.relu(self.bn3(self.conv3(x)), inplace=True)
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))

class BasicBlock(nn.Module):
    def __init__(self, i, o, stride, norm, bias):
        super().__init__()
        self.conv1 = nn.Conv2d(i, o, 3, stride, 1, bias=bias); self.bn1 = norm(o, 2)
        self.conv2 = nn.Conv2d(o, o, 3, 1, 1, bias=bias); self.bn2 = norm(o, 2)
        self.downsample = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=bias), norm(o, 2)) if stride != 1 or i != o else None
    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True); y = self.bn2(self.conv2(y))
        y += x if self.downsample is None else self.downsample(x)
        return F.relu(y, inplace=True)

class ResNet(nn.Module):
    def __init__(self, blocks, w, classes, shape, norm, bias):
        super().__init__()
        self.conv1 = nn.Conv2d(shape[0], w, 3, 1, 1, bias=bias); self.bn1 = norm(w, 2)
        self.stages, i = [], w
        for n, count in enumerate(blocks):
            o, s = w << n, 1 if n == 0 else 2
            self.stages.append(f"layer{n + 1}")
            self.add_module(self.stages[-1], nn.Sequential(*[BasicBlock(i if b == 0 else o, o, s if b == 0 else 1, norm, bias) for b in range(count)]))
            i = o
        self.fc = nn.Linear(i, classes)
    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        for stage in self.stages: x = getattr(self, stage)(x)
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))

class Separable(nn.Module):
    """arXiv 1704.04861, figure 3."""
    def __init__(self, i, o, stride, norm, bias):
        super().__init__()
        self.depthwise = nn.Conv2d(i, i, kernel_size=3, stride=stride, padding=1, groups=i, bias=bias); self.bn1 = norm(i, 2)
        self.pointwise = nn.Conv2d(i, o, kernel_size=1, bias=bias); self.bn2 = norm(o, 2)
    def forward(self, x): return torch.relu(self.bn2(self.pointwise(torch.relu(self.bn1(self.depthwise(x))))))

class MobileNetV1(nn.Module):
    """arXiv 1704.04861, table 1, row by row: outputs of each pointwise convolution at width multiplier 1, where the depthwise one before has stride 2, and a stem of stride 1."""
    OUTPUTS, HALVING = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024], {1, 3, 5, 11}
    def __init__(self, w, classes, shape, norm, bias):
        super().__init__()
        self.conv1 = nn.Conv2d(shape[0], w, kernel_size=3, stride=1, padding=1, bias=bias); self.bn1 = norm(w, 2)
        channels = [w] + [n * w // 32 for n in self.OUTPUTS]
        self.blocks = nn.ModuleList([Separable(channels[b], channels[b + 1], 2 if b in self.HALVING else 1, norm, bias) for b in range(13)])
        self.fc = nn.Linear(channels[-1], classes)
    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        for block in self.blocks: x = block(x)
        return self.fc(x.mean((2, 3)))

def build(architecture, width, classes, shape, kind, **options):
    norm, bias = norms(kind, **options), kind == "none"
    if architecture == "mlp": return Mlp(width, classes, shape, norm, bias)
    if architecture == "cnn": return Cnn(width, classes, shape, norm, bias)
    if architecture == "mobilenetv1": return MobileNetV1(width, classes, shape, norm, bias)
    return ResNet({"resnet8": [1, 1, 1], "resnet20": [3, 3, 3], "resnet34": [3, 4, 6, 3]}[architecture], width, classes, shape, norm, bias)

def federated_layers(net): return {name: m for name, m in net.named_modules() if isinstance(m, FederatedBatchNorm)}
