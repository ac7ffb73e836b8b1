#!/bin/sh
# A wrapper for a server's start: in a container's entry point, a systemd unit or by hand.
#   examples/run-server.sh vllm serve /models/llama --port 8000
# WARMSET_ENABLED=0 makes it a plain start.
set -eu
: "${1:?usage: run-server.sh PROGRAM [ARGUMENT...]}"

# exec: the supervisor's process id, and its signals, are warmset's, which passes them on.
exec warmset run \
  --fraction "${WARM_FRACTION:-50%}" \
  --report "${WARM_REPORT:-/tmp/warmset-run.json}" \
  -- "$@"
