#!/bin/sh
# First argument: a service (customer, workforce, ...) or a task (prepare, keys); the rest goes to it.
set -eu
cd /app
name=${1:-}
case $name in
  "" | *[!a-z-]*) main= ;;
  keys | prepare) main=deploy/$name/main.ts ;;
  *) main=services/$name/src/main.ts ;;
esac
if [ -z "$main" ] || [ ! -f "$main" ]; then
  echo "usage: docker run IMAGE $(ls services | tr '\n' '|')prepare|keys" >&2
  exit 64
fi
shift
export OTEL_SERVICE_NAME="${OTEL_SERVICE_NAME:-$name}"
# exec: node is then process 1 and gets the SIGTERM that asks for a graceful stop.
exec node --disable-warning=ExperimentalWarning --import @trunkline/telemetry/preload "$main" "$@"
