#!/usr/bin/env bash
# program.sh start|stop|kill NAME    One program of a bed that is up: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubelet ...
# stop: SIGTERM; kill: SIGKILL; start: again, with the command line that up.sh gave it.
set -euo pipefail
. "$(dirname "$0")/env.sh"
verb=${1:?start, stop or kill} name=${2:?which program}
[ -e "$RUN/$name.command" ] || { echo "test bed: no program $name in $ROOT; there are: $(cd "$RUN" && echo *.command | sed 's/\.command//g')" >&2; exit 1; }
case $verb in
  start) [ -n "$(pid_of "$name")" ] || launch "$name" ;;
  stop) halt "$name" ;;
  kill) halt "$name" KILL ;;
  *) echo "test bed: $verb? start, stop or kill" >&2; exit 1 ;;
esac
