#!/usr/bin/env bash
# Builds everything in Release. Arguments go to dotnet build, for example -v detailed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/eng/lib.sh"

need_dotnet
exec dotnet build "$root/GokaAkka.sln" -c "$configuration" --nologo "$@"
