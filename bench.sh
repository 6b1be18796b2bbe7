#!/usr/bin/env bash
# Measures GokaAkka beside the plain Kafka client: ./bench.sh [NAME...] [--quick] [--bootstrap HOST:PORT] [--json FILE]; --help shows all.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/eng/lib.sh"

build_quietly "$root/bench/GokaAkka.Bench/GokaAkka.Bench.csproj"
cd "$root"
exec dotnet "$root/bench/GokaAkka.Bench/bin/$configuration/$framework/goka-bench.dll" "$@"
