"""fedrep.py FOLDER: one client's round of FedRep (arXiv 2102.07078) with torch.optim.SGD: the modules of `head` over a base in evaluation mode, then the others over that head in evaluation mode.
in.safetensors has state.*, images.S, labels.S for S = 1 ... headSteps + steps; out.safetensors state.* and momentum.*."""
import json, pathlib, sys
import numpy as np, torch, torch.nn.functional as F
import networks, tensors

torch.set_num_threads(1)
folder = pathlib.Path(sys.argv[1]); c = json.loads((folder / "case.json").read_text())
given = {k: torch.from_numpy(np.array(v)) for k, v in tensors.load(folder / "in.safetensors").items()}
net = networks.build(c["architecture"], c["width"], c["classes"], c["shape"], c["kind"], momentum=c["momentum"]).to(torch.float64)
net.load_state_dict({k[6:]: v for k, v in given.items() if k.startswith("state.")}, strict=True)
parts = {True: [m for n, m in net.named_children() if n in c["head"]], False: [m for n, m in net.named_children() if n not in c["head"]]}
loss_sum = 0
out = {}
for is_head, first, last in ((True, 1, c["headSteps"]), (False, c["headSteps"] + 1, c["headSteps"] + c["steps"])):
    for part, modules in parts.items():
        for m in modules:
            m.train(part == is_head).requires_grad_(part == is_head)
    trained = [p for p in net.parameters() if p.requires_grad]
    opt = torch.optim.SGD(trained, c["learningRate"], momentum=c["sgdMomentum"], weight_decay=c["weightDecay"])
    for s in range(first, last + 1):
        x, y = given[f"images.{s}"], given[f"labels.{s}"]
        opt.zero_grad(); loss = F.cross_entropy(net(x), y); loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, c["clipNorm"]); opt.step()
        loss_sum += loss.item() * len(y)
    out |= {"momentum." + n: opt.state[p]["momentum_buffer"].numpy() for n, p in net.named_parameters() if p.requires_grad}
tensors.save(folder / "out.safetensors", out | {"lossSum": np.array(loss_sum)} | {"state." + k: v.numpy() for k, v in net.state_dict().items()})
