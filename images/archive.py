#!/usr/bin/env python3
"""Makes an OCI image archive out of folders: no registry, no daemon, no Docker.

archive.py OUT.tar NAME:TAG --layer DIR_OR_TAR... [--entrypoint A,B] [--cmd A,B] [--env K=V] [--user U] [--label K=V]
archive.py --only-layer DIR OUT.tar

Reproducible: names sorted, times zero, owner root. A layer made before (a .tar) is taken as it is.
"""
import argparse, hashlib, io, json, os, tarfile

DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def anonymous(entry):
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = 0
    entry.mode = entry.mode & 0o7000 | (0o755 if entry.isdir() or entry.mode & 0o100 else 0o644) | (entry.mode & 0o022 if entry.mode & 0o1000 else 0)
    return entry


def write_layer(folder, out):
    with tarfile.open(out + ".new", "w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(os.listdir(folder)):
            tar.add(os.path.join(folder, name), name, filter=anonymous)      # recursion sorts by name as well
    os.replace(out + ".new", out)


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def described(media_type, digest, size):
    return {"mediaType": media_type, "digest": "sha256:" + digest, "size": size}


def write_archive(out, name, layers, config):
    blobs, layer_entries, diff_ids = {}, [], []
    for layer in layers:
        if os.path.isdir(layer):
            path = f"{out}.layer{len(diff_ids)}"
            write_layer(layer, path)
        else:
            path = layer
        digest = sha256_of(path)
        blobs[digest] = path
        diff_ids.append("sha256:" + digest)
        layer_entries.append(described("application/vnd.oci.image.layer.v1.tar", digest, os.path.getsize(path)))

    def document(content, media_type):
        data = json.dumps(content, sort_keys=True).encode()
        digest = hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        return described(media_type, digest, len(data))

    image = document({"architecture": "amd64", "os": "linux", "config": config, "rootfs": {"type": "layers", "diff_ids": diff_ids},
                      "history": [{"created_by": "images/archive.py"} for _ in diff_ids]}, "application/vnd.oci.image.config.v1+json")
    manifest = document({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": image, "layers": layer_entries},
                        "application/vnd.oci.image.manifest.v1+json")
    manifest["annotations"] = {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name.rsplit(":", 1)[1]}
    with tarfile.open(out + ".new", "w") as tar:
        def put(path, data):
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        put("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        put("index.json", json.dumps({"schemaVersion": 2, "manifests": [manifest]}, sort_keys=True).encode())
        for digest, data in blobs.items():
            if isinstance(data, bytes):
                put("blobs/sha256/" + digest, data)
            else:
                entry = tarfile.TarInfo("blobs/sha256/" + digest)
                entry.size = os.path.getsize(data)
                with open(data, "rb") as file:
                    tar.addfile(entry, file)
    os.replace(out + ".new", out)
    for index in range(len(layers)):
        if os.path.exists(f"{out}.layer{index}"):
            os.remove(f"{out}.layer{index}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only-layer", metavar="DIR", help="write DIR as a layer to OUT, nothing else")
    parser.add_argument("out")
    parser.add_argument("name", nargs="?")
    parser.add_argument("--layer", action="append", default=[])
    parser.add_argument("--entrypoint")
    parser.add_argument("--cmd")
    parser.add_argument("--env", action="append", default=[])
    parser.add_argument("--label", action="append", default=[])
    parser.add_argument("--user", default="")
    parser.add_argument("--workdir", default="/")
    asked = parser.parse_args()
    if asked.only_layer:
        write_layer(asked.only_layer, asked.out)
        return
    if not asked.name or ":" not in asked.name or not asked.layer:
        parser.error("NAME:TAG and at least one --layer")
    config = {"Env": [DEFAULT_PATH, *asked.env], "WorkingDir": asked.workdir, "User": asked.user}
    if asked.entrypoint:
        config["Entrypoint"] = asked.entrypoint.split(",")
    if asked.cmd:
        config["Cmd"] = asked.cmd.split(",")
    if asked.label:
        config["Labels"] = dict(label.split("=", 1) for label in asked.label)
    write_archive(asked.out, asked.name, asked.layer, config)


main()
