#!/usr/bin/env bash
# Builds everything, runs all tests and ends with 'N passed, N failed'. The failed tests are listed right before that. Exits with 1 when a test
# failed, a run broke off or nothing ran.
#
#   ./test.sh [ARGS]           all tests; those of the Kafka tier where there are brokers for it
#   ./test.sh --quick [ARGS]   what a contributor runs before each commit: at most a minute after the build
#   ./test.sh --kafka [ARGS]   the Kafka tier: on brokers that it starts from GOKA_KAFKA_HOME, a folder with Apache Kafka's jars in lib/ or libs/, or
#                              on running ones, GOKA_BOOTSTRAP=HOST:PORT
#
# ARGS go to dotnet test, for example --filter FullyQualifiedName~Watermark.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/eng/lib.sh"

tier=all
case "${1:-}" in
  --quick) tier=quick; shift ;;
  --kafka) tier=kafka; shift ;;
esac

kafka="$root/tests/GokaAkka.Kafka.Tests/GokaAkka.Kafka.Tests.csproj"
brokers="${GOKA_KAFKA_HOME:-}${GOKA_BOOTSTRAP:-}"
case "$tier" in
  kafka)
    [ -n "$brokers" ] \
      || fail "The Kafka tier needs brokers: set GOKA_KAFKA_HOME to a folder with Apache Kafka's jars in lib/ or libs/, or GOKA_BOOTSTRAP to a running cluster's HOST:PORT."
    projects=("$kafka") ;;
  quick)
    projects=("$root"/tests/GokaAkka.{Tests,Hosting.Tests,Integration.Tests}/*.csproj "$root"/samples/Tested/*.csproj) ;;
  all)
    # The longest first, so that none of them runs alone at the end.
    projects=("$root"/tests/GokaAkka.{Integration.Tests,Simulation.Tests,Specs,Web.Tests}/*.csproj)
    for project in "$root"/tests/*/*.csproj "$root"/samples/Tested/*.csproj; do
      [[ " $kafka ${projects[*]} " = *" $project "* ]] || projects+=("$project")
    done ;;
esac

build_quietly "$root/GokaAkka.sln"

export results="$root/TestResults"
rm -rf "$results"
mkdir "$results"
# What a process that ends by a native fault leaves behind, the children of tests included.
export DOTNET_DbgEnableMiniDump=1 DOTNET_EnableCrashReportOnly=1 DOTNET_DbgMiniDumpName="$results/crash-%p"

# run_project PROJECT [ARGS]: runs its tests and prints what they said at their end.
run_project() {
  local project="$1" name code=0 part=()
  shift
  name="$(basename "$project" .csproj)"
  # Of the real client only what records go through, there and back.
  [ "$tier $name" = "quick GokaAkka.Integration.Tests" ] && part=(--filter "FullyQualifiedName~BrokerRecordTests|FullyQualifiedName~NativeProducerTests")
  dotnet test "$project" -c "$configuration" --no-build --nologo \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" --results-directory "$results/$name" \
    --blame-hang-timeout 5m --blame-hang-dump-type none ${part[@]+"${part[@]}"} "$@" >"$results/$name.log" 2>&1 || code=$?
  # A failed test is counted from the results; a run that broke off leaves no or fewer results and counts as one failure.
  if [ "$code" -ne 0 ] && ! grep -qs '<Counters [^>]*failed="[1-9]' "$results/$name/$name.trx"; then
    echo "$name: the test run broke off (exit code $code)" | tee -a "$results/broken" >>"$results/$name.log"
  fi
  cat "$results/$name.log"
}
export -f run_project
export tier configuration

# Two projects at a time: many tests wait for time-outs more than they work.
say "Testing $(basename -a -s .csproj "${projects[@]}" | tr '\n' ' ')"
printf '%s\0' "${projects[@]}" | xargs -0 -P 2 -I '{}' bash -c 'run_project "$@"' run_project '{}' "$@"
if [ "$tier" = all ] && [ -n "$brokers" ]; then
  say "Testing on Apache Kafka"
  run_project "$kafka" "$@"
fi

# Sums one attribute of the results' <Counters>.
count() {
  local files=("$results"/*/*.trx)
  [ -e "${files[0]}" ] || { echo 0; return; }
  sed -n "s/.*<Counters [^>]*$1=\"\([0-9]*\)\".*/\1/p" "${files[@]}" | awk '{ n += $1 } END { print n + 0 }'
}
passed="$(count passed)"
broken="$(cat "$results/broken" 2>/dev/null || true)"
failed="$(($(count failed) + $(grep -c . <<<"$broken" || true)))"
skipped="$(($(count total) - $(count executed)))"

[ "$passed" -gt 0 ] || [ "$failed" -gt 0 ] || say "No test ran."
if [ "$failed" -gt 0 ]; then
  find "$results" -name '*.trx' | sort | while read -r file; do "$root/eng/failed-tests.sh" "$file"; done
  [ -z "$broken" ] || sed 's/^/FAILED /' <<<"$broken"
  "$root/eng/crash-stacks.sh" "$results"/crash-*.crashreport.json
fi
if [ "$tier" = all ] && [ -z "$brokers" ]; then
  say "Not run: the tests on Apache Kafka (./test.sh --kafka, with GOKA_KAFKA_HOME naming a folder with its jars in lib/ or libs/)."
fi
if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
