"""An independent safetensors reader and writer, from the format's description alone: the oracle of the C# one.

usage: safetensors_reference.py write FILE   writes a fixed set of tensors
       safetensors_reference.py read FILE    prints one line a tensor: name dtype shape sum-of-values sha256-of-data
"""
import hashlib
import json
import struct
import sys

import numpy as np

DTYPES = {"F32": "<f4", "F64": "<f8", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "U8": "<u1"}


def write(path):
    tensors = {
        "a.weight": ("F32", np.arange(12, dtype="<f4").reshape(3, 4) / 7),
        "b": ("F64", np.array(np.pi, dtype="<f8")),
        "empty": ("F32", np.zeros((0, 5), dtype="<f4")),
        "half": ("F16", np.linspace(-1, 1, 5, dtype="<f2")),
        "n": ("I64", np.array([2**62, -1], dtype="<i8")),
        "u\u00e9\"\\": ("U8", np.arange(3, dtype="<u1")),
    }
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, (dtype, array) in tensors.items():
        raw = array.astype(DTYPES[dtype]).tobytes()
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read(path):
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    data = content[8 + length :]
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        array = np.frombuffer(data[begin:end], dtype=DTYPES[entry["dtype"]]).reshape(entry["shape"])
        total = float(array.astype("f8").sum()) if entry["dtype"] != "BF16" else 0.0
        print(name, entry["dtype"], json.dumps(entry["shape"], separators=(",", ":")), repr(total), hashlib.sha256(data[begin:end]).hexdigest())


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](sys.argv[2])
