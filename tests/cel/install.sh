#!/bin/sh
# Installs the CEL implementation that the tests hold the CRD's rules against into artifacts/tools/cel.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target="$here/../../artifacts/tools/cel"
command -v npm >/dev/null || { echo "npm is missing: apt-get install nodejs npm" >&2; exit 1; }
if [ -d "$target/node_modules/@marcbachmann/cel-js" ] && cmp -s "$here/package-lock.json" "$target/package-lock.json"; then exit 0; fi
mkdir -p "$target"
cp "$here/package.json" "$here/package-lock.json" "$target/"
cd "$target"
npm ci --omit=dev --no-audit --no-fund
