#!/bin/sh
# Installs Azurite, the Azure Storage emulator that the tests run against, into artifacts/tools/azurite.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target="$here/../../artifacts/tools/azurite"
if [ -f "$target/node_modules/azurite/dist/src/blob/main.js" ] && cmp -s "$here/package-lock.json" "$target/installed"; then exit 0; fi
command -v npm >/dev/null || { echo "npm is missing: apt-get install nodejs npm" >&2; exit 1; }
mkdir -p "$target"
cp "$here/package.json" "$here/package-lock.json" "$target/"
cd "$target"
npm ci --omit=dev --no-audit --no-fund
cp package-lock.json installed      # written last: this very set is complete
