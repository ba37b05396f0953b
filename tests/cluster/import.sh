#!/usr/bin/env bash
# import.sh ARCHIVE...    Gives images (OCI archives, made by mkimg.py) to the node of the full bed.
set -euo pipefail
. "$(dirname "$0")/env.sh"
for archive in "$@"; do ctr -a $SOCKET -n k8s.io images import "$archive" >/dev/null; done
