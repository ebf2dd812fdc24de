#!/usr/bin/env bash
# Runs a command beside two processes that use all the time they can get:
#
#   stress.sh <command…>
#
# The command finds their numbers in STRESS_BURNERS. They end with this script, however it ends.
set -euo pipefail

burn() {
    while kill -0 "$1" 2>/dev/null; do
        for ((round = 0; round < 100000; round++)); do :; done
    done
}

burners=()
for _ in 1 2; do
    # Their own output, so that whoever reads ours does not wait for them.
    burn $$ </dev/null >/dev/null 2>&1 &
    burners+=($!)
done
trap 'kill "${burners[@]}" 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

STRESS_BURNERS="${burners[*]}" "$@"
