#!/usr/bin/env bash
# Makes sure there is a native Kafka client library (librdkafka): the one a package brought, the system's, or else
# Debian's librdkafka1, installed here. Quick and silent when there is nothing to do.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

brought_by_package() {
  local folder
  for folder in src samples; do
    compgen -G "$root/$folder/*/bin/$configuration/$framework/runtimes/*/native/librdkafka*" >/dev/null && return
  done
  return 1
}

on_this_system() {
  case "$(uname -s)" in
    # Read to the end: grep -q would break the pipe, and pipefail would call that "not found".
    Linux) PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep 'librdkafka\.so\.1' >/dev/null ;;
    Darwin) compgen -G '/opt/homebrew/lib/librdkafka*.dylib' >/dev/null || compgen -G '/usr/local/lib/librdkafka*.dylib' >/dev/null ;;
    *) return 1 ;;
  esac
}

cannot() { fail "The native Kafka client is missing and could not be installed here ($1): install librdkafka 2.0 or later, on Debian or Ubuntu with 'sudo apt-get install librdkafka1'."; }

if brought_by_package || on_this_system; then
  exit 0
fi

command -v apt-get >/dev/null || cannot "no apt-get"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || cannot "not root, no sudo"
  as_root=(sudo)
fi

say "Installing librdkafka1, the native Kafka client, with ${as_root[*]:+sudo }apt-get"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
install() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends librdkafka1 >"$log" 2>&1; }

# The package lists may be absent or too old to install from; fetch them only then.
install || { "${as_root[@]}" apt-get update >"$log" 2>&1 && install; } || { tail -n 5 "$log" >&2; cannot "apt-get failed"; }
on_this_system || cannot "librdkafka1 is installed but librdkafka.so.1 is not found"
