"""train.py ARCHITECTURE WIDTH BATCH THREADS CLOCK: PyTorch's side of the throughput bench. For each line N on standard input trains N steps and prints the seconds they took (CLOCK: `wall`, or `cpu` for the process's own, which a busy machine disturbs less).

The same network (torchvision's style: nn.BatchNorm2d, in-place ReLU), SGD with momentum, cross entropy, the loss read each step, samples gathered from a float tensor."""
import sys, time
import torch, torch.nn as nn, torch.nn.functional as F

architecture, width, batch, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
clock = {"wall": time.perf_counter, "cpu": time.process_time}[sys.argv[5]]
torch.set_num_threads(threads); torch.manual_seed(1)

def conv(i, o, k, s): return nn.Conv2d(i, o, k, s, k // 2, bias=False)

class Block(nn.Module):
    def __init__(self, i, o, s):
        super().__init__()
        self.conv1, self.bn1, self.conv2, self.bn2, self.relu = conv(i, o, 3, s), nn.BatchNorm2d(o), conv(o, o, 3, 1), nn.BatchNorm2d(o), nn.ReLU(inplace=True)
        self.downsample = nn.Sequential(conv(i, o, 1, s), nn.BatchNorm2d(o)) if s != 1 or i != o else None
    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x))); y = self.bn2(self.conv2(y))
        y += x if self.downsample is None else self.downsample(x)
        return self.relu(y)

def step(i, o, s): return [conv(i, o, 3, s), nn.BatchNorm2d(o), nn.ReLU(inplace=True)]
w = width
if architecture == "cnn":
    body = step(1, w, 2) + step(w, 2 * w, 2) + step(2 * w, 4 * w, 2)
else:
    n = {"resnet8": 1, "resnet20": 3}[architecture]
    body = step(1, w, 1) + [Block(i if b == 0 else o, o, s if b == 0 else 1) for i, o, s in ((w, w, 1), (w, 2 * w, 2), (2 * w, 4 * w, 2)) for b in range(n)]
net = nn.Sequential(*body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * w, 10)).train()
optimizer = torch.optim.SGD(net.parameters(), 0.01, momentum=0.9)
X, Y = torch.randn(2048, 1, 28, 28), torch.randint(10, (2048,))

def train(steps):
    start, order = clock(), torch.randperm(len(X))
    for k in range(steps):
        j = order[(k * batch) % (len(X) - batch + 1):][:batch]
        x, y = X[j], Y[j]
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(net(x), y); loss.backward(); optimizer.step()
        loss.item()
    return clock() - start

for line in sys.stdin:
    print(train(int(line)), flush=True)
