#!/usr/bin/env bash
# Makes sure there is a native Kafka client library (librdkafka): the one a package brought, the system's, or else
# Debian's librdkafka1, installed here. With the argument 'tests' also a browser for the tests that need one: a
# Chromium that is here, or else Debian's; without any those tests are left out. Quick and silent when there is nothing
# to do.
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

# Where tests/GokaAkka.Web.Tests looks for it.
has_browser() {
  [ -n "${GOKA_CHROMIUM:-}" ] || [ -x /usr/bin/chromium ] || [ -x /usr/bin/chromium-browser ] || [ -x /usr/bin/google-chrome ] \
    || [ -x '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' ]
}

# install_with_apt PACKAGE WHAT: installs a package of Debian's; otherwise says why not in $why.
install_with_apt() {
  local package="$1" what="$2" log as_root=()
  command -v apt-get >/dev/null || { why="no apt-get"; return 1; }
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { why="not root, no sudo"; return 1; }
    as_root=(sudo)
  fi

  say "Installing $package, $what, with ${as_root[*]:+sudo }apt-get"
  log="$(mktemp)"
  install() { ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package" >"$log" 2>&1; }

  # The package lists may be absent or too old to install from; fetch them only then.
  if ! install && ! { ${as_root[@]+"${as_root[@]}"} apt-get update >"$log" 2>&1 && install; }; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    why="apt-get failed"
    return 1
  fi
  rm -f "$log"
}

cannot() { fail "The native Kafka client is missing and could not be installed here ($1): install librdkafka 2.0 or later, on Debian or Ubuntu with 'sudo apt-get install librdkafka1'."; }

why=
if ! brought_by_package && ! on_this_system; then
  install_with_apt librdkafka1 "the native Kafka client" || cannot "$why"
  on_this_system || cannot "librdkafka1 is installed but librdkafka.so.1 is not found"
fi

if [ "${1:-}" = tests ] && ! has_browser; then
  install_with_apt chromium "the browser of the web monitor's tests" \
    || say "Chromium is missing and could not be installed here ($why): the web monitor's browser tests are left out."
fi
