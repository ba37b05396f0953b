"""centralized.py FOLDER: running-statistic BN on one machine, one SGD step a round on the concatenated batch (DESIGN section 8, invariant 1).

in.safetensors: state.* (before round 1, statistics not yet bootstrapped), pool (all bootstrap images), images.R, labels.R for R = 1 ... rounds. out.safetensors: state.* after the last round."""
import json, pathlib, sys
import numpy as np, torch, torch.nn.functional as F
import networks, tensors

torch.set_num_threads(1)
folder = pathlib.Path(sys.argv[1]); c = json.loads((folder / "case.json").read_text())
given = {k: torch.from_numpy(np.array(v)) for k, v in tensors.load(folder / "in.safetensors").items()}
net = networks.build(c["architecture"], c["width"], c["classes"], c["shape"], c["kind"], momentum=c["momentum"]).to(torch.float64)
net.load_state_dict({k[6:]: v for k, v in given.items() if k.startswith("state.")}, strict=True)
layers = networks.federated_layers(net)
net.eval()
for layer in layers.values():  # in the order of the forward pass: each sees the ones before it already set
    with torch.no_grad(): net(given["pool"])
    layer.running_mean.copy_(layer.seen[0]); layer.running_var.copy_(layer.seen[1])
net.train()
losses = []
for r in range(1, c["rounds"] + 1):
    net.zero_grad()
    loss = F.cross_entropy(net(given[f"images.{r}"]), given[f"labels.{r}"]); loss.backward()
    losses.append(loss.item())
    with torch.no_grad():
        for p in net.parameters(): p -= c["learningRate"] * p.grad
    for layer in layers.values(): layer.close_round(c["momentum"])
tensors.save(folder / "out.safetensors", {"losses": np.array(losses)} | {"state." + k: v.numpy() for k, v in net.state_dict().items()})
