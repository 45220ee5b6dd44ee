#!/usr/bin/env bash
# Server and SDK, or the parts that are named; only what changed is built again.
#
#   scripts/build.sh [all]              build/release/rockpool and dist/
#   scripts/build.sh native [TARGET]    server, tests and simulator, or one CMake target
#   scripts/build.sh sdk                build/wasm and dist/
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'build: %s\n' "$*"; }

# Progress on a terminal; elsewhere only what went wrong.
quiet=()
[ -t 1 ] || quiet=(-- --quiet)

configure() {
  [ -f "build/$1/build.ninja" ] && return
  local log
  log=$(cmake --preset "$1" -Wno-dev 2>&1) || { printf '%s\n' "$log"; return 1; }
}

native() {
  configure release
  say "native, $1"
  cmake --build build/release --target "$1" "${quiet[@]}"
}

sdk() {
  configure wasm
  say "WebAssembly"
  # The one line is binaryen's, about the symbol map.
  cmake --build build/wasm "${quiet[@]}" 2>&1 | sed '/^warning: no output file specified/d'
  node scripts/build-sdk.mjs
}

case ${1:-all} in
  all)
    scripts/setup.sh build
    native rockpool
    sdk
    ;;
  native) native "${2:-all}" ;;
  sdk) sdk ;;
  *)
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
