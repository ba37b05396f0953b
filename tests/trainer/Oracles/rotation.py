"""rotation.py FOLDER: images of in.safetensors (N, C, H, W) turned counter-clockwise by case.json's degrees around their middle: torch's bilinear sampling, zeros around."""
import json, math, pathlib, sys
import torch
import tensors

folder = pathlib.Path(sys.argv[1]); a = math.radians(json.loads((folder / "case.json").read_text())["degrees"])
images = torch.from_numpy(tensors.load(folder / "in.safetensors")["images"])
n, _, h, w = images.shape
y, x = torch.meshgrid(torch.arange(h, dtype=torch.float64), torch.arange(w, dtype=torch.float64), indexing="ij")
x, y = x - (w - 1) / 2, (h - 1) / 2 - y                                                    # y upwards
sx, sy = x * math.cos(a) + y * math.sin(a), y * math.cos(a) - x * math.sin(a)              # turned back, clockwise
grid = torch.stack([sx / (w / 2), -sy / (h / 2)], -1).expand(n, h, w, 2)                   # from -1 to 1 at the outer edges of the pixels
tensors.save(folder / "out.safetensors", {"images": torch.nn.functional.grid_sample(images, grid, "bilinear", "zeros", align_corners=False).numpy()})
