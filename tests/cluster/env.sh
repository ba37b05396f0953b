# What the test bed's scripts share. Everything they make lies under $ROOT.
ROOT=${FED_TEST_BED:-$HOME/.cache/fed-test-bed}
BIN=${FED_TEST_BED_BIN:-$ROOT/bin} PKI=$ROOT/pki RUN=$ROOT/run LOG=$ROOT/log CFG=$ROOT/etc IMAGES=$ROOT/images
ETCD_PORT=${FED_ETCD_PORT:-12379}
API_PORT=${FED_API_PORT:-16443}      # of the modes cp and kcm; full has its own address
NODE=node1
BRIDGE=k8sbr0 NODE_IP=10.244.0.1 POD_CIDR=10.244.0.0/24
SVC_CIDR=10.96.0.0/24 API_IP=10.96.0.1
SOCKET=/run/fed-test-bed/containerd.sock
