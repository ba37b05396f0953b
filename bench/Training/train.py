"""train.py ARCHITECTURE WIDTH CHANNELS SIDE BATCH THREADS LAYOUT CLOCK: PyTorch's side of the throughput bench. For each line N on standard input trains N steps and prints the seconds they took (CLOCK: `wall`, or `cpu` for the process's own, which a busy machine disturbs less; LAYOUT: `contiguous` or `channelsLast`).

The same network (torchvision's style: nn.BatchNorm2d, in-place ReLU), SGD with momentum, cross entropy, the loss read each step, samples gathered from a float tensor."""
import sys, time
import torch, torch.nn as nn, torch.nn.functional as F

architecture, (width, channels, side, batch, threads) = sys.argv[1], map(int, sys.argv[2:7])
layout = {"contiguous": torch.contiguous_format, "channelsLast": torch.channels_last}[sys.argv[7]]
clock = {"wall": time.perf_counter, "cpu": time.process_time}[sys.argv[8]]
torch.set_num_threads(threads); torch.manual_seed(1)

def conv(i, o, k, s, groups=1): return nn.Conv2d(i, o, k, s, k // 2, bias=False, groups=groups)

class Block(nn.Module):
    def __init__(self, i, o, s):
        super().__init__()
        self.conv1, self.bn1, self.conv2, self.bn2, self.relu = conv(i, o, 3, s), nn.BatchNorm2d(o), conv(o, o, 3, 1), nn.BatchNorm2d(o), nn.ReLU(inplace=True)
        self.downsample = nn.Sequential(conv(i, o, 1, s), nn.BatchNorm2d(o)) if s != 1 or i != o else None
    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x))); y = self.bn2(self.conv2(y))
        y += x if self.downsample is None else self.downsample(x)
        return self.relu(y)

def step(i, o, s, k=3, groups=1): return [conv(i, o, k, s, groups), nn.BatchNorm2d(o), nn.ReLU(inplace=True)]
w = width
if architecture == "cnn":
    body, last = step(channels, w, 2) + step(w, 2 * w, 2) + step(2 * w, 4 * w, 2), 4 * w
elif architecture == "mobilenetV1":
    body, last = step(channels, w, 1), w
    for o, s in ((2, 1), (4, 2), (4, 1), (8, 2), (8, 1), (16, 2), (16, 1), (16, 1), (16, 1), (16, 1), (16, 1), (32, 2), (32, 1)):
        body += step(last, last, s, groups=last) + step(last, o * w, 1, k=1); last = o * w
else:
    body, last = step(channels, w, 1), w
    for n, count in enumerate({"resnet8": (1, 1, 1), "resnet20": (3, 3, 3), "resnet34": (3, 4, 6, 3)}[architecture]):
        for b in range(count):
            body.append(Block(last, w << n, 2 if n > 0 and b == 0 else 1)); last = w << n
net = nn.Sequential(*body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(last, 10)).train().to(memory_format=layout)
optimizer = torch.optim.SGD(net.parameters(), 0.01, momentum=0.9)
X, Y = torch.randn(2048, channels, side, side), torch.randint(10, (2048,))

def train(steps):
    start, order = clock(), torch.randperm(len(X))
    for k in range(steps):
        j = order[(k * batch) % (len(X) - batch + 1):][:batch]
        x, y = X[j].contiguous(memory_format=layout), Y[j]
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(net(x), y); loss.backward(); optimizer.step()
        loss.item()
    return clock() - start

for line in sys.stdin:
    print(train(int(line)), flush=True)
