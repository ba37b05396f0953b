"""torchvision_resnet34.py FOLDER save: torchvision's ResNet-34 -> resnet34.safetensors, its whole state_dict (7x7 stem, 1000 classes), statistics of a random batch.
torchvision_resnet34.py FOLDER run: the same with conv1 and fc of in.safetensors and without max pooling: logits in evaluation, and loss, gradients and buffers of one training step, in float64 -> out.safetensors."""
import pathlib, sys
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F, torchvision
import tensors

torch.set_num_threads(1)
folder = pathlib.Path(sys.argv[1])
torch.manual_seed(5)
net = torchvision.models.resnet34(weights=None)
for m in net.modules():
    if isinstance(m, nn.BatchNorm2d):
        with torch.no_grad(): m.weight.uniform_(0.5, 1.5); m.bias.uniform_(-0.5, 0.5)
        m.momentum = 1.0
with torch.no_grad(): net.train()(torch.randn(2, 3, 64, 64))
for m in net.modules():
    if isinstance(m, nn.BatchNorm2d): m.momentum = 0.1

if sys.argv[2] == "save":
    tensors.save(folder / "resnet34.safetensors", {n: t.numpy() for n, t in net.state_dict().items()})
else:
    given = {n: torch.from_numpy(np.array(t)) for n, t in tensors.load(folder / "in.safetensors").items()}
    net.conv1, net.maxpool = nn.Conv2d(3, 64, kernel_size=3, stride=1, padding=1, bias=False), nn.Identity()
    net.fc = nn.Linear(512, len(given["fc.bias"]))
    net = net.double()
    for name in ("conv1.weight", "fc.weight", "fc.bias"): net.get_parameter(name).data.copy_(given[name])
    net.eval()
    with torch.no_grad(): out = {"before": net(given["images"]).numpy()}
    net.train()
    loss = F.cross_entropy(net(given["images"]), given["labels"]); loss.backward()
    out["loss"] = loss.detach().numpy()
    out |= {"grad." + n: p.grad.numpy() for n, p in net.named_parameters()}
    out |= {"after." + n: b.numpy() for n, b in net.named_buffers()}
    net.eval()
    with torch.no_grad(): out["logits"] = net(given["images"]).numpy()
    tensors.save(folder / "out.safetensors", out)
