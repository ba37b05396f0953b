"""Safetensors in thirty lines: what the oracles exchange with the tests (Debian has no python3-safetensors)."""
import json, struct
import numpy as np

TYPES = {"F32": np.float32, "F64": np.float64, "I64": np.int64, "I32": np.int32, "U8": np.uint8}
NAMES = {np.dtype(t): n for n, t in TYPES.items()}

def load(path):
    with open(path, "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    header.pop("__metadata__", None)
    return {name: np.frombuffer(data[t["data_offsets"][0]:t["data_offsets"][1]], TYPES[t["dtype"]]).reshape(t["shape"]).copy() for name, t in header.items()}

def save(path, tensors):
    header, at = {}, 0
    arrays = {name: np.ascontiguousarray(t).reshape(np.shape(t)) for name, t in tensors.items()}
    for name, t in arrays.items():
        header[name] = {"dtype": NAMES[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + t.nbytes]}
        at += t.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(t.tobytes() for t in arrays.values()))
