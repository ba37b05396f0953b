"""Loads a client's whole model into a PyTorch module by its names alone, and evaluates it.

usage: whole_model.py FILE DATA SIDE    prints `accuracy=A loss=L samples=N` over the test split of DATA's idx files, and then the file's metadata
"""
import json, struct, sys
import numpy as np
import torch, torch.nn as nn, torch.nn.functional as F

torch.set_num_threads(1)
file, data, side = sys.argv[1], sys.argv[2], int(sys.argv[3])
NUMPY = {"F32": np.float32, "F64": np.float64, "I64": np.int64}
content = open(file, "rb").read()
(n,) = struct.unpack("<Q", content[:8])
header = json.loads(content[8 : 8 + n])
metadata = header.pop("__metadata__", {})
state = {k: torch.from_numpy(np.frombuffer(content[8 + n :][slice(*v["data_offsets"])], NUMPY[v["dtype"]]).reshape(v["shape"]).copy()) for k, v in header.items()}


class Cnn(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        channels = [1, width, 2 * width, 4 * width]
        for i in (1, 2, 3):
            self.add_module(f"conv{i}", nn.Conv2d(channels[i - 1], channels[i], 3, stride=2, padding=1, bias=False))
            self.add_module(f"bn{i}", nn.BatchNorm2d(channels[i]))
        self.fc = nn.Linear(channels[3], classes)

    def forward(self, x):
        for i in (1, 2, 3):
            x = F.relu(getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x)))
        return self.fc(x.mean((2, 3)))


model = Cnn(state["conv1.weight"].shape[0], state["fc.weight"].shape[0])
model.load_state_dict(state, strict=True)
model.eval()
pixels = np.frombuffer(open(data + "/t10k-images-idx3-ubyte", "rb").read(), np.uint8, offset=16).reshape(-1, 1, side, side)
x = torch.tensor((pixels / 255 - 0.286) / 0.353, dtype=torch.float32)
y = torch.tensor(np.frombuffer(open(data + "/t10k-labels-idx1-ubyte", "rb").read(), np.uint8, offset=8).astype(np.int64))
with torch.no_grad():
    logits = model(x)
print(f"accuracy={(logits.argmax(1) == y).double().mean():.4f} loss={F.cross_entropy(logits, y):.6f} samples={len(y)}")
print(json.dumps(metadata, sort_keys=True))
