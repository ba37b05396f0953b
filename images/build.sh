#!/usr/bin/env bash
# images/build.sh    `make images`: the OCI archives artifacts/images/{operator,trainer}.tar, without Docker: published programs, the machine's .NET runtime and
# the shared libraries that they need, in layers that both images share. On CPU, with the stand-ins; images/*.Dockerfile build what is to be released.
# Quick where nothing changed: a layer is made anew when what goes into it did. Reproducible: the same files give the same bytes.
# FED_IMAGE_REGISTRY (localhost): the images' prefix. FED_IMAGE_TAG: default is the chart's appVersion.
set -euo pipefail
cd "$(dirname "$0")/.."
out=artifacts/images parts=artifacts/images/parts      # the archives; what they are made of
registry=${FED_IMAGE_REGISTRY:-localhost}
version=$(sed -nE 's/^appVersion: *"?([^"]+)"?$/\1/p' charts/fed-operator/Chart.yaml)
tag=${FED_IMAGE_TAG:-$version}
user=65532
mkdir -p $parts; exec 9>$parts/lock; flock 9

digest() { sha256sum | cut -c1-64; }
# is_current STAMP KEY FILE: FILE was made from KEY
is_current() { [ -e "$3" ] && [ "$(cat "$parts/$1.key" 2>/dev/null)" = "$2" ]; }
script=$(cat images/archive.py images/build.sh | digest)
settle() { echo "$2" >"$parts/$1.key"; }

# closure FILE...: the shared libraries that these need, as `PATH-IN-THE-IMAGE FILE`, sorted. What is opened by name at run time is not seen: name it.
closure() {
  for file in "$@"; do echo "$file"; LD_LIBRARY_PATH='' ldd "$file" 2>/dev/null | grep -oE '/[^ ]+' || true; done | sort -u |
    while read -r library; do echo "$(realpath -s "$library") $(readlink -f "$library")"; done
}
# layer NAME KEY: makes $parts/NAME.layer.tar of the folder that `fill NAME FOLDER` fills, unless it is there
layer() {
  local key="$2 $script" root
  is_current "$1" "$key" "$parts/$1.layer.tar" && return
  root=$(mktemp -d "$parts/$1.XXXXXX")
  chmod 755 "$root"; "fill_$1" "$root"
  python3 images/archive.py --only-layer "$root" "$parts/$1.layer.tar"
  rm -rf "$root"; settle "$1" "$key"; echo "images: layer $1 ($(du -h "$parts/$1.layer.tar" | cut -f1))"
}
copy() { while read -r inside file; do mkdir -p "$1$(dirname "$inside")"; cp -L "$file" "$1$inside"; done; }
described() { while read -r inside file; do echo "$inside $file $(stat -c '%s %Y' "$file")"; done | digest; }

# 1. the programs
program() { # program NAME PROJECT-FOLDER
  local name=$1 project=$2 key
  key=$(find core "$project" stand-ins Directory.* global.json \( -name bin -o -name obj \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | digest)
  is_current "publish-$name" "$key" "$parts/publish/$name/$name.dll" && return
  echo "images: publishing $project; the log is $parts/publish-$name.log"
  rm -rf "$parts/publish/$name"
  # ReadyToRun: a pod starts in a third of the time. --artifacts-path: this build and the usual one leave each other's outputs alone.
  dotnet publish "$project" -c Release -r linux-x64 --no-self-contained -p:PublishReadyToRun=true -p:ContinuousIntegrationBuild=true --artifacts-path "$PWD/$parts/build" -o "$parts/publish/$name" \
    -v quiet --nologo >"$parts/publish-$name.log" 2>&1 || { cat "$parts/publish-$name.log" >&2; echo "images: publishing $project failed" >&2; exit 1; }
  rm -f "$parts/publish/$name"/*.xml      # documentation
  settle "publish-$name" "$key"
}
program fed operator
program trainer trainer

# 2. the .NET runtime that this machine has; the version that `dotnet` would choose
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
runtime=$(dotnet --list-runtimes | sed -nE 's/^Microsoft\.NETCore\.App (10\.[0-9.]+) .*/\1/p' | tail -n 1)
[ -d "$dotnet/shared/Microsoft.AspNetCore.App/$runtime" ] || { echo "images: the ASP.NET Core runtime $runtime is missing beside .NET's in $dotnet/shared" >&2; exit 1; }
fill_dotnet() {
  mkdir -p "$1/usr/share/dotnet/shared/Microsoft.NETCore.App" "$1/usr/share/dotnet/shared/Microsoft.AspNetCore.App" "$1/usr/share/dotnet/host/fxr"
  cp "$dotnet/dotnet" "$1/usr/share/dotnet/"; cp -r "$dotnet/host/fxr/$runtime" "$1/usr/share/dotnet/host/fxr/"
  cp -r "$dotnet/shared/Microsoft.NETCore.App/$runtime" "$1/usr/share/dotnet/shared/Microsoft.NETCore.App/"
  cp -r "$dotnet/shared/Microsoft.AspNetCore.App/$runtime" "$1/usr/share/dotnet/shared/Microsoft.AspNetCore.App/"
}
layer dotnet "$runtime"

# 3. the C library, OpenSSL (opened by name: libssl) and certificates
libraries=/usr/lib/x86_64-linux-gnu
base() {
  { closure "$dotnet/dotnet" "$dotnet/shared/Microsoft.NETCore.App/$runtime"/*.so $libraries/libssl.so.3 $libraries/libcrypto.so.3; echo "/lib64/ld-linux-x86-64.so.2 $(readlink -f /lib64/ld-linux-x86-64.so.2)"; } |
    grep -v "^$dotnet" | sort -u
}
fill_base() {
  base | copy "$1"
  mkdir -p "$1"/{tmp,etc/ssl/certs,proc,sys,dev,home/fed}; chmod 1777 "$1/tmp"
  cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
  printf 'root:x:0:0:root:/:/sbin/nologin\nfed:x:%s:%s:fed:/home/fed:/sbin/nologin\n' $user $user >"$1/etc/passwd"
  printf 'root:x:0:\nfed:x:%s:\n' $user >"$1/etc/group"
  echo 'hosts: files dns' >"$1/etc/nsswitch.conf"
}
layer base "$(base | described) $(digest </etc/ssl/certs/ca-certificates.crt)"

# 4. libtorch with all that it needs and the layer below lacks
torch() { closure $parts/publish/trainer/libtorchstandin.so | grep -v "^$PWD" | { grep -vxFf <(base) || true; }; }
fill_torch() { torch | copy "$1"; }
layer torch "$(torch | described)"

# 5. the images
image() { # image NAME ENTRYPOINT LAYER...
  local name=$1 entrypoint=$2 key layers=() file; shift 2
  for file in "$@"; do layers+=(--layer "$file"); done
  key="$registry $tag $script $(for file in "$@"; do cat "${file%.layer.tar}.key"; done | digest)"
  is_current "image-$name" "$key" "$out/$name.tar" && return
  python3 images/archive.py "$out/$name.tar" "$registry/fed-$name:$tag" "${layers[@]}" --entrypoint "$entrypoint" --user "$user:$user" \
    --env DOTNET_ROOT=/usr/share/dotnet --env DOTNET_EnableDiagnostics=0 --env DOTNET_NOLOGO=1 --env SSL_CERT_DIR=/etc/ssl/certs --env HOME=/home/fed \
    --label "org.opencontainers.image.title=fed-$name" --label "org.opencontainers.image.version=$tag" --label org.opencontainers.image.licenses=Apache-2.0
  settle "image-$name" "$key"; echo "images: $out/$name.tar is $registry/fed-$name:$tag ($(du -h "$out/$name.tar" | cut -f1))"
}
fill_fed() { mkdir -p "$1/app"; cp -r $parts/publish/fed/. "$1/app/"; }
fill_trainer() { mkdir -p "$1/app"; cp -r $parts/publish/trainer/. "$1/app/"; }
layer fed "$(cat $parts/publish-fed.key)"
layer trainer "$(cat $parts/publish-trainer.key)"
image operator /app/fed $parts/base.layer.tar $parts/dotnet.layer.tar $parts/fed.layer.tar
image trainer /app/trainer $parts/base.layer.tar $parts/torch.layer.tar $parts/dotnet.layer.tar $parts/trainer.layer.tar
