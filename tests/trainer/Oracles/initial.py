"""initial.py FOLDER: for each case.json, the state_dict of a fresh network after torch.manual_seed(seed)."""
import json, pathlib, sys
import torch
import networks, tensors

for case in sorted(pathlib.Path(sys.argv[1]).glob("*/case.json")):
    c = json.loads(case.read_text())
    torch.set_default_dtype(torch.float64 if c["precision"] == "float64" else torch.float32)
    torch.manual_seed(c["seed"])
    net = networks.build(c["architecture"], c["width"], c["classes"], c["shape"], c["kind"], groups=c["groups"])
    tensors.save(case.parent / "out.safetensors", {k: v.numpy() for k, v in net.state_dict().items()})
