#!/usr/bin/env bash
# up.sh [cp|kcm|full]    Starts a bed; its last line is `export KUBECONFIG=...`.
#   cp    etcd and the API server, on 127.0.0.1:$FED_API_PORT (16443). No garbage collection, no service accounts.
#   kcm   and the controller manager and the scheduler
#   full  (default; root) and containerd, the kubelet, kube-proxy and a name server: real pods, on 10.96.0.1:443
# FEATURES=A=true,B=true    feature gates, for example BoundServiceAccountTokenVolume=true
set -euo pipefail
. "$(dirname "$0")/env.sh"
mode=${1:-full}
say() { printf '%6.2fs  %s\n' "$(elapsed)" "$1"; }
elapsed() { local now=${EPOCHREALTIME/./}; printf '%d.%02d' $(((now - began) / 1000000)) $(((now - began) % 1000000 / 10000)); }
began=${EPOCHREALTIME/./}
fail() { echo "test bed: $1" >&2; exit 1; }

case $mode in cp | kcm | full) ;; *) fail "unknown mode $mode: cp, kcm or full" ;; esac
if [ "$mode" = cp ] && [ -n "${ENVTEST:-}" ]; then ETCD=$ENVTEST/etcd APISERVER=$ENVTEST/kube-apiserver; fi
[ -x "$APISERVER" ] || fail "$APISERVER is missing: tests/cluster/build.sh builds it (6 minutes, once)"
command -v kubectl >/dev/null || fail "kubectl is missing: make tools"
command -v "$ETCD" >/dev/null || fail "etcd is missing: .ci/setup test"
for p in "$RUN"/*.pid; do
  [ -e "$p" ] && name=$(basename "$p" .pid) && [ -n "$(pid_of "$name")" ] && fail "a bed is up in $ROOT ($name runs): tests/cluster/down.sh stops it"
done
if [ "$mode" = full ]; then
  [ "$(id -u)" = 0 ] || fail "mode full needs root"
  other=$(cat "$(dirname "$SOCKET")/bed" 2>/dev/null || true)
  if [ -n "$other" ] && [ "$other" != "$ROOT" ] && is_alive "$(cat "$other/run/containerd.pid" 2>/dev/null || echo none)"; then
    fail "a full bed is up in $other, and a machine can have but one: FED_TEST_BED=$other tests/cluster/down.sh stops it"
  fi
fi

mkdir -p "$RUN" "$LOG" "$CFG"
bash "$here/pki.sh"
rm -f "$RUN"/*.pid "$RUN"/*.command "$LOG"/*.log
echo "$mode" >"$RUN/mode"
gates=(${FEATURES:+--feature-gates=$FEATURES})
trap '[ $? = 0 ] || "$here/down.sh" >/dev/null' EXIT      # a bed that does not come up leaves nothing but its logs
start() { local name=$1; shift; printf '%s\0' "$@" >"$RUN/$name.command"; launch "$name"; }
# until_true SECONDS WHAT COMMAND...: or fails, with the end of the API server's log
until_true() {
  local deadline=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || { tail -n 5 "$LOG"/kube-apiserver.log "$LOG"/kubelet.log >&2 2>/dev/null || true; fail "$what: not in time (logs: $LOG)"; }
    [ -n "$(pid_of kube-apiserver)" ] || { tail -n 5 "$LOG/kube-apiserver.log" "$LOG/etcd.log" >&2; fail "the API server ended (logs: $LOG); is port $port taken? FED_API_PORT and FED_ETCD_PORT choose others"; }
    sleep 0.1
  done
}

if [ "$mode" = full ]; then
  ip link show $BRIDGE >/dev/null 2>&1 || ip link add $BRIDGE type bridge
  ip addr replace $NODE_IP/24 dev $BRIDGE; ip addr replace $API_IP/32 dev $BRIDGE; ip link set $BRIDGE up
  sysctl -qw net.ipv4.ip_forward=1
  address=$API_IP port=443
  more=(--kubelet-client-certificate="$PKI/apiserver-kubelet-client.crt" --kubelet-client-key="$PKI/apiserver-kubelet-client.key"
    --kubelet-certificate-authority="$PKI/ca.crt" --kubelet-preferred-address-types=InternalIP)
else
  address=127.0.0.1 port=$API_PORT
  more=(--endpoint-reconciler-type=none)
  if [ "$mode" = cp ]; then more+=(--disable-admission-plugins=ServiceAccount); fi
fi
kubeconfig() { cat >"$CFG/$1.kubeconfig" <<K
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://$address:$port", certificate-authority: $PKI/ca.crt}}]
users: [{name: u, user: {client-certificate: $PKI/$1.crt, client-key: $PKI/$1.key}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
K
}
for user in admin kcm sched kubelet kproxy; do kubeconfig $user; done
kc() { kubectl --kubeconfig "$CFG/admin.kubeconfig" --request-timeout=10s "$@"; }

start etcd "$ETCD" --data-dir "$RUN/etcd" --unsafe-no-fsync --log-level error --quota-backend-bytes 4294967296 \
  --listen-client-urls "http://127.0.0.1:$ETCD_PORT" --advertise-client-urls "http://127.0.0.1:$ETCD_PORT" --listen-peer-urls http://127.0.0.1:0
start kube-apiserver "$APISERVER" --etcd-servers="http://127.0.0.1:$ETCD_PORT" --bind-address=$address --secure-port="$port" \
  --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" --client-ca-file="$PKI/ca.crt" --authorization-mode=Node,RBAC \
  --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$PKI/sa.pub" --service-account-signing-key-file="$PKI/sa.key" \
  --service-cluster-ip-range=$SVC_CIDR --allow-privileged=true "${gates[@]}" "${more[@]}"

if [ "$mode" = full ]; then   # containerd and the images while the API server boots
  mkdir -p "$CFG/cni" "$CFG/dns" "$(dirname $SOCKET)"
  echo "$ROOT" >"$(dirname $SOCKET)/bed"
  # restrict_oom_score_adj: without it every sandbox fails where the machine lacks CAP_SYS_RESOURCE
  cat >"$CFG/containerd.toml" <<K
version = 2
root = "$RUN/containerd"
state = "$(dirname $SOCKET)/state"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "$SOCKET"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$CFG/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
K
  cat >"$CFG/cni/10-bridge.conflist" <<K
{"cniVersion":"0.4.0","name":"k8s","plugins":[{"type":"bridge","bridge":"$BRIDGE","isGateway":true,"ipMasq":false,
 "ipam":{"type":"host-local","dataDir":"$RUN/cni","ranges":[[{"subnet":"$POD_CIDR"}]],"routes":[{"dst":"0.0.0.0/0"}]}}]}
K
  cat >"$CFG/kubelet.yaml" <<K
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_IP
healthzBindAddress: 127.0.0.1
tlsCertFile: $PKI/kubelet.crt
tlsPrivateKeyFile: $PKI/kubelet.key
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $PKI/ca.crt}}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
enforceNodeAllocatable: []
makeIPTablesUtilChains: false
failSwapOn: false
hairpinMode: none
serializeImagePulls: false
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}
nodeStatusUpdateFrequency: 2s
clusterDomain: cluster.local
clusterDNS: [$NODE_IP]
kubeAPIQPS: 200
kubeAPIBurst: 400
eventRecordQPS: 0
K
  start containerd containerd --config "$CFG/containerd.toml"
  until_true 30 containerd ctr -a $SOCKET version
  "$here/import.sh" "$IMAGES"/*.tar
  say "containerd up, images imported"
  start kubelet env AWS_EC2_METADATA_DISABLED=true "$BIN/kubelet" --config="$CFG/kubelet.yaml" --kubeconfig="$CFG/kubelet.kubeconfig" --container-runtime=remote \
    --container-runtime-endpoint=unix://$SOCKET --hostname-override=$NODE --node-ip=$NODE_IP --root-dir="$RUN/kubelet" --cert-dir="$RUN/kubelet/pki"
fi

until_true 120 "the API server" kc get --raw /readyz; say "API server ready"
if [ "$mode" != cp ]; then   # secure-port=0: no port of theirs may collide with another bed's
  start kube-controller-manager "$BIN/kube-controller-manager" --kubeconfig="$CFG/kcm.kubeconfig" --leader-elect=false --port=0 --secure-port=0 \
    --service-account-private-key-file="$PKI/sa.key" --root-ca-file="$PKI/ca.crt" --use-service-account-credentials=true "${gates[@]}" --kube-api-qps=500 --kube-api-burst=1000
  start kube-scheduler "$BIN/kube-scheduler" --kubeconfig="$CFG/sched.kubeconfig" --leader-elect=false --port=0 --secure-port=0 --kube-api-qps=500 --kube-api-burst=1000
fi
if [ "$mode" = full ]; then
  start kube-proxy "$BIN/kube-proxy" --kubeconfig="$CFG/kproxy.kubeconfig" --hostname-override=$NODE --proxy-mode=iptables \
    --cluster-cidr=$POD_CIDR --healthz-bind-address=127.0.0.1:10256 --metrics-bind-address=127.0.0.1:10249 --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0
  # a line `IP name` in a new file under etc/dns gives a name
  echo "$API_IP kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local" >"$CFG/dns/hosts"
  start dnsmasq dnsmasq -k -C /dev/null --no-resolv --no-hosts --hostsdir="$CFG/dns" --listen-address=$NODE_IP --bind-interfaces --local=/cluster.local/ --user=root --pid-file=
  node_is_ready() { kc get node $NODE -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' | grep -q True; }
  until_true 120 "the node" node_is_ready; say "node ready"
fi
if [ "$mode" != cp ]; then
  has_token() { kc -n default get serviceaccount default -o 'jsonpath={.secrets[0].name}' | grep -q token; }
  until_true 60 "the default service account" has_token; say "service accounts have tokens"
fi
echo "export KUBECONFIG=$CFG/admin.kubeconfig"
