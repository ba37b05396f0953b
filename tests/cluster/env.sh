# What the test bed's scripts share; sourced by them. Needs bash. See README.md.
# A bed is a folder: $ROOT. Two beds of the modes cp and kcm live side by side if they differ in folder and ports; of mode full there is one on a machine.
CACHE=${FED_TEST_BED_CACHE:-$HOME/.cache/fed-test-bed}   # what is built once: programs, and the images pause and busybox
ROOT=${FED_TEST_BED:-$CACHE/bed}                         # one bed's state
BIN=${FED_TEST_BED_BIN:-$CACHE/bin}
IMAGES=$CACHE/images                                     # imported by every bed of mode full
PKI=$ROOT/pki RUN=$ROOT/run LOG=$ROOT/log CFG=$ROOT/etc
ETCD_PORT=${FED_ETCD_PORT:-12379}
API_PORT=${FED_API_PORT:-16443}                          # of the modes cp and kcm; full has its own address
NODE=node1
BRIDGE=k8sbr0 NODE_IP=10.244.0.1 POD_CIDR=10.244.0.0/24
SVC_CIDR=10.96.0.0/24 API_IP=10.96.0.1
SOCKET=/run/fed-test-bed/containerd.sock                 # short: a socket's path has at most 107 characters
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$PATH:$here/../../artifacts/tools/bin               # kubectl, where the machine has none: `make tools`

# envtest's etcd and kube-apiserver serve the mode cp where they are; elsewhere, and for the other modes, what build.sh made.
ETCD=etcd APISERVER=$BIN/kube-apiserver
if [ -n "${KUBEBUILDER_ASSETS:-}" ] && [ -x "$KUBEBUILDER_ASSETS/kube-apiserver" ] && [ -x "$KUBEBUILDER_ASSETS/etcd" ]; then
  ENVTEST=$KUBEBUILDER_ASSETS PATH=$PATH:$KUBEBUILDER_ASSETS
fi

# is_alive PID: it runs (a zombie does not)
is_alive() { [ -d "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }

# pid_of NAME: of a running program of this bed; nothing where there is none
pid_of() {
  local pid; pid=$(cat "$RUN/$1.pid" 2>/dev/null) || return 0
  if is_alive "$pid" && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$1"; then echo "$pid"; fi
}

# launch NAME: starts the program whose command line lies in $RUN/NAME.command, detached from this shell
launch() {
  local -a command; mapfile -d '' command <"$RUN/$1.command"
  setsid "${command[@]}" </dev/null >>"$LOG/$1.log" 2>&1 &
  echo $! >"$RUN/$1.pid"
}

# halt NAME [SIGNAL]: ends it by its pid and waits until it is gone
halt() {
  local pid; pid=$(pid_of "$1"); [ -n "$pid" ] || return 0
  kill -s "${2:-TERM}" "$pid"
  for _ in $(seq 200); do is_alive "$pid" || return 0; sleep 0.05; done
  echo "$1 ($pid) did not stop in 10 s: kill -9" >&2; kill -9 "$pid" || true
}
