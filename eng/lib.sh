# Shared by the scripts at the repository root; sourced, not run. Sets $root and says what it does on stderr,
# so that the output of what a script starts stays alone on stdout.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
configuration=Release
framework=net10.0
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

need_dotnet() {
  command -v dotnet >/dev/null || fail "The .NET 10 SDK is missing. Install it from https://dotnet.microsoft.com/download/dotnet/10.0 and put dotnet on the PATH."
}

# build_quietly WHAT [ARGS]: builds a project or the solution; shows the log only when it fails.
build_quietly() {
  local what="$1" log
  shift
  need_dotnet
  log="$(mktemp)"
  say "Building $(basename "$what") ($configuration)"
  if ! (cd "$root" && dotnet build "$what" -c "$configuration" --nologo -v minimal "$@") >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "The build of $(basename "$what") failed; see above."
  fi
  rm -f "$log"
}
