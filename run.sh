#!/usr/bin/env bash
# Runs a sample: ./run.sh [SAMPLE] [ARGS]. Without a name it is clicks. Exit code and Ctrl-C are the sample's own.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/eng/lib.sh"

list_samples() {
  local project
  for project in "$root"/samples/*/*.csproj; do
    printf '  %-12s %s\n' "$(basename "$project" .csproj | tr '[:upper:]' '[:lower:]')" "$(sed -n 's:.*<Description>\(.*\)</Description>.*:\1:p' "$project")" >&2
  done
}

wanted=clicks
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
  wanted="$1"
  shift
fi

name=
for project in "$root"/samples/*/*.csproj; do
  folder="$(basename "$project" .csproj)"
  if [ "$(printf '%s' "$folder" | tr '[:upper:]' '[:lower:]')" = "$(printf '%s' "$wanted" | tr '[:upper:]' '[:lower:]')" ]; then
    name="$folder"
  fi
done
if [ -z "$name" ]; then
  say "There is no sample '$wanted'. Samples:"
  list_samples
  exit 2
fi

build_quietly "$root/samples/$name/$name.csproj"
exec dotnet "$root/samples/$name/bin/$configuration/$framework/$name.dll" "$@"
