#!/usr/bin/env bash
# Measures GokaAkka beside the plain Kafka client: ./bench.sh [NAME...] [--quick] [--bootstrap HOST:PORT] [--json FILE]; --help shows all.
# ./bench.sh latency: what records take and cost at rates that are below what the machine can do.
# ./bench.sh outages and ./bench.sh soak: what brokers and members that come and go cost, on the jars of GOKA_KAFKA_HOME.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/eng/lib.sh"

case "${1:-}" in
  outages | soak) project=GokaAkka.Outages program=goka-outages ;;
  *) project=GokaAkka.Bench program=goka-bench ;;
esac
build_quietly "$root/bench/$project/$project.csproj"
cd "$root"
exec dotnet "$root/bench/$project/bin/$configuration/$framework/$program.dll" "$@"
