#!/bin/bash
# up.sh [cp|kcm|full]   cp: etcd+apiserver on 127.0.0.1:16443   kcm: cp + controller-manager + scheduler   full (default): kcm + containerd + kubelet
set -e; here=$(cd "$(dirname "$0")" && pwd); . "$here/env.sh"
MODE=${1:-full}
FG=${FEATURES:+--feature-gates=$FEATURES}    # e.g. FEATURES=BoundServiceAccountTokenVolume=true,TTLAfterFinished=true
[ -e $RUN/pids ] && { echo "already up? run down.sh first"; exit 1; }
now() { date +%s.%N; }; T0=$(now); el() { python3 -c "print('%6.2fs  %s' % ($(now)-$T0, '$1'))"; }
mkdir -p $RUN $LOG $CFG; bash "$here/pki.sh"; : > $RUN/pids; echo $MODE > $RUN/mode
start() { n=$1; shift; setsid "$@" </dev/null >$LOG/$n.log 2>&1 & echo "$n $!" >> $RUN/pids; }
if [ $MODE = full ]; then
  ip link show $BRIDGE >/dev/null 2>&1 || ip link add $BRIDGE type bridge
  ip addr replace $NODE_IP/24 dev $BRIDGE; ip addr replace $API_IP/32 dev $BRIDGE; ip link set $BRIDGE up
  sysctl -qw net.ipv4.ip_forward=1
  BIND=$API_IP; PORT=443; EXTRA=(--kubelet-client-certificate=$PKI/apiserver-kubelet-client.crt --kubelet-client-key=$PKI/apiserver-kubelet-client.key --kubelet-certificate-authority=$PKI/ca.crt --kubelet-preferred-address-types=InternalIP)
else
  BIND=127.0.0.1; PORT=$API_PORT; EXTRA=(--endpoint-reconciler-type=none)
  [ $MODE = cp ] && EXTRA+=(--disable-admission-plugins=ServiceAccount)
fi
API=https://$BIND:$PORT
kc() { cat > $CFG/$1.kubeconfig <<K
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "$API", certificate-authority: $PKI/ca.crt}}]
users: [{name: u, user: {client-certificate: $PKI/$1.crt, client-key: $PKI/$1.key}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
K
}
for u in admin kcm sched kubelet kproxy; do kc $u; done
start etcd etcd --data-dir $RUN/etcd --unsafe-no-fsync --log-level error --quota-backend-bytes 4294967296 \
  --listen-client-urls http://127.0.0.1:$ETCD_PORT --advertise-client-urls http://127.0.0.1:$ETCD_PORT --listen-peer-urls http://127.0.0.1:0
start kube-apiserver $BIN/kube-apiserver --etcd-servers=http://127.0.0.1:$ETCD_PORT --bind-address=$BIND --secure-port=$PORT \
  --tls-cert-file=$PKI/apiserver.crt --tls-private-key-file=$PKI/apiserver.key --client-ca-file=$PKI/ca.crt --authorization-mode=Node,RBAC \
  --service-account-issuer=https://kubernetes.default.svc --service-account-key-file=$PKI/sa.pub --service-account-signing-key-file=$PKI/sa.key \
  --service-cluster-ip-range=$SVC_CIDR --allow-privileged=true $FG "${EXTRA[@]}"
KC="kubectl --kubeconfig $CFG/admin.kubeconfig"
if [ $MODE = full ]; then   # containerd and the images while the API server boots
  cat > $CFG/containerd.toml <<K
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
  mkdir -p $CFG/cni $(dirname $SOCKET)
  cat > $CFG/cni/10-bridge.conflist <<K
{"cniVersion":"0.4.0","name":"k8s","plugins":[{"type":"bridge","bridge":"$BRIDGE","isGateway":true,"ipMasq":false,
 "ipam":{"type":"host-local","dataDir":"$RUN/cni","ranges":[[{"subnet":"$POD_CIDR"}]],"routes":[{"dst":"0.0.0.0/0"}]}}]}
K
  cat > $CFG/kubelet.yaml <<K
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
  start containerd containerd --config $CFG/containerd.toml
  for i in $(seq 100); do [ -S $SOCKET ] && ctr -a $SOCKET version >/dev/null 2>&1 && break; sleep 0.1; done
  for f in $IMAGES/*.tar; do ctr -a $SOCKET -n k8s.io images import $f >/dev/null; done; el "containerd up, images imported"
  start kubelet env AWS_EC2_METADATA_DISABLED=true $BIN/kubelet --config=$CFG/kubelet.yaml --kubeconfig=$CFG/kubelet.kubeconfig --container-runtime=remote \
    --container-runtime-endpoint=unix://$SOCKET --hostname-override=$NODE --node-ip=$NODE_IP --root-dir=$RUN/kubelet --cert-dir=$RUN/kubelet/pki
fi
for i in $(seq 600); do [ "$($KC get --raw /readyz 2>/dev/null)" = ok ] && break; sleep 0.1; done; el "apiserver /readyz ok"
if [ $MODE != cp ]; then
  start kube-controller-manager $BIN/kube-controller-manager --kubeconfig=$CFG/kcm.kubeconfig --leader-elect=false --bind-address=127.0.0.1 --port=0 \
    --service-account-private-key-file=$PKI/sa.key --root-ca-file=$PKI/ca.crt --use-service-account-credentials=true $FG --kube-api-qps=500 --kube-api-burst=1000
  start kube-scheduler $BIN/kube-scheduler --kubeconfig=$CFG/sched.kubeconfig --leader-elect=false --bind-address=127.0.0.1 --port=0 --kube-api-qps=500 --kube-api-burst=1000
fi
if [ $MODE = full ]; then
  # optional: ClusterIPs of other services (needs the iptables package) and a static name server (dnsmasq-base; one "IP name" per line in $CFG/dns/hosts)
  [ -x $BIN/kube-proxy ] && command -v iptables >/dev/null && start kube-proxy $BIN/kube-proxy --kubeconfig=$CFG/kproxy.kubeconfig --hostname-override=$NODE --proxy-mode=iptables \
    --cluster-cidr=$POD_CIDR --healthz-bind-address=127.0.0.1:10256 --metrics-bind-address=127.0.0.1:10249 --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0
  mkdir -p $CFG/dns; echo "$API_IP kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local" > $CFG/dns/hosts
  command -v dnsmasq >/dev/null && start dnsmasq dnsmasq -k -C /dev/null --no-resolv --no-hosts --hostsdir=$CFG/dns --listen-address=$NODE_IP --bind-interfaces --local=/cluster.local/ --user=root --pid-file=
  for i in $(seq 300); do $KC get node $NODE -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null | grep -q True && break; sleep 0.2; done; el "node Ready"
fi
if [ $MODE != cp ]; then for i in $(seq 300); do $KC -n default get sa default -o 'jsonpath={.secrets[0].name}' 2>/dev/null | grep -q token && break; sleep 0.1; done; el "default ServiceAccount has a token"; fi
echo "export KUBECONFIG=$CFG/admin.kubeconfig"
