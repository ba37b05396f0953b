"""numpy's mean of updates: the peer of `bench reduce`.

usage: reduce_numpy.py loaded|streamed FILE...   prints seconds and processor seconds (best of several each) and peak memory in MiB
loaded: all updates are in memory before the clock starts, np.average over the stacked arrays' list in one blocked pass each, as Flower's FedAvg does.
streamed: each file is read by blocks within the clock, weighted, and added to a block of the sum.
"""
import resource
import sys
import time

import numpy as np

BLOCK = 1 << 18  # elements: the block of the sum stays in the cache
OFFSET = 1 << 14  # behind the header, which numpy need not parse to be timed


def weights(n):
    w = np.arange(100, 100 + n, dtype=np.float64)
    return (w / w.sum()).astype(np.float32)


def loaded(arrays):
    w = weights(len(arrays))
    out = np.empty_like(arrays[0])
    scaled = np.empty(BLOCK, np.float32)
    for begin in range(0, out.size, BLOCK):
        end = min(begin + BLOCK, out.size)
        total = np.multiply(arrays[0][begin:end], w[0], out=out[begin:end])
        for array, weight in zip(arrays[1:], w[1:]):
            total += np.multiply(array[begin:end], weight, out=scaled[: end - begin])
    return out


def streamed(paths, size):
    w = weights(len(paths))
    files = [open(path, "rb", buffering=0) for path in paths]
    out = np.empty(size, np.float32)
    buffer, scaled = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    for begin in range(0, size, BLOCK):
        end = min(begin + BLOCK, size)
        total = out[begin:end]
        total[:] = 0
        for file, weight in zip(files, w):
            file.seek(OFFSET + 4 * begin)
            part = buffer[: end - begin]
            file.readinto(part)
            total += np.multiply(part, weight, out=scaled[: end - begin])
    for file in files:
        file.close()
    return out


def main():
    mode, paths = sys.argv[1], sys.argv[2:]
    with open(paths[0], "rb") as file:
        size = (file.seek(0, 2) - OFFSET) // 4
    if mode == "loaded":
        # distinct arrays, also where files are links to one another
        arrays = [np.fromfile(path, np.float32, size, offset=OFFSET) for path in paths]
        run = lambda: loaded(arrays)
    else:
        run = lambda: streamed(paths, size)
    best = processor = float("inf")
    for _ in range(3):
        start, start_processor = time.perf_counter(), time.process_time()
        run()
        processor = min(processor, time.process_time() - start_processor)
        best = min(best, time.perf_counter() - start)
    print(best, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
