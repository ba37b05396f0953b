#!/usr/bin/env bash
# e2e.sh [tests|faults|all]    `make e2e`, `make e2e-faults`: the tests of tests/cluster-e2e on a cluster with real pods. The last line is `N passed, N failed`.
#   FED_E2E_KEEP=1    leaves the test bed up, and takes one that is up: for looking around. tests/cluster/down.sh stops it.
#   KUBECONFIG=FILE FED_E2E_HOST=ADDRESS    (tests only) a cluster of yours instead of the test bed: its nodes have the two images and Debian's dataset-fashion-mnist,
#     and pods reach this host, where the storage emulator runs, at ADDRESS.
set -euo pipefail
cd "$(dirname "$0")/../.."
which=${1:-tests}
case $which in
  tests) export FED_TEST_FILTER='Category!=Faults' ;;
  faults) export FED_TEST_FILTER='Category=Faults' ;;
  all) ;;
  *) echo "e2e: $which? tests, faults or all" >&2; exit 1 ;;
esac
.ci/setup e2e
export PATH=$PATH:$PWD/artifacts/tools/bin
dotnet build tests/cluster-e2e -c "${CONFIGURATION:-Release}" --nologo -v quiet
./fed --version >/dev/null      # builds what the local reference runs need
if [ -n "${KUBECONFIG:-}" ] && [ -n "${FED_E2E_HOST:-}" ]; then
  [ "$which" = tests ] || { echo "e2e: faults stop the programs of a cluster: they are for the test bed alone" >&2; exit 1; }
  echo "e2e: on the cluster of $KUBECONFIG"
  exec tests/run.sh tests/cluster-e2e/FedOperator.ClusterEndToEnd.csproj
fi
images/build.sh
export FED_TEST_BED=${FED_TEST_BED:-$HOME/.cache/fed-test-bed/e2e} FED_ETCD_PORT=${FED_ETCD_PORT:-22379}
export KUBECONFIG=$FED_TEST_BED/etc/admin.kubeconfig FED_E2E_HOST=10.244.0.1 FED_E2E_DNS=$FED_TEST_BED/etc/dns
[ -n "${FED_E2E_KEEP:-}" ] || trap 'tests/cluster/down.sh >/dev/null' EXIT
if [ -z "${FED_E2E_KEEP:-}" ] || ! kubectl get --raw /readyz >/dev/null 2>&1; then
  tests/cluster/down.sh >/dev/null
  tests/cluster/up.sh full
fi
tests/cluster/import.sh artifacts/images/operator.tar artifacts/images/trainer.tar
tests/run.sh tests/cluster-e2e/FedOperator.ClusterEndToEnd.csproj
