#!/usr/bin/env bash
# Installs what is missing: Debian packages, npm packages, an Emscripten. Quick when nothing is.
#
#   scripts/setup.sh          everything, browsers and sanitizers included
#   scripts/setup.sh build    only what `npm run build` and `npm start` need
#
# Root is needed for Debian packages alone; without it the exact command is printed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
wanted=${1:-all}

build_packages=(
  cmake ninja-build ccache g++ python3
  libboost1.81-dev nlohmann-json3-dev libsqlite3-dev libssl-dev libsodium-dev libmimalloc-dev
  libgtest-dev libgmock-dev
)
test_packages=(
  chromium clang-19 clang-format-14 firefox-esr fonts-dejavu-core fonts-liberation libclang-rt-19-dev lld-19
  llvm-19 procps
)
emscripten_packages=(clang-19 lld-19 llvm-19)

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$@" >&2; exit 1; }

missing_packages() {
  comm -23 <(printf '%s\n' "$@" | sort -u) \
    <(dpkg-query -W -f '${db:Status-Abbrev}\t${Package}\n' "$@" 2>/dev/null | sed -n 's/^ii *\t//p' | sort -u)
}

install_packages() {
  local missing
  missing=$(missing_packages "$@" | tr '\n' ' ')
  missing=${missing% }
  [ -n "$missing" ] || return 0
  local line="apt-get update && apt-get install -y --no-install-recommends $missing"
  if [ "$(id -u)" != 0 ]; then
    fail "Debian packages are missing and installing them needs root. Run:" "  sudo sh -c '$line'"
  fi
  say "installing Debian packages: $missing"
  local log=.toolchain/apt.log
  # shellcheck disable=SC2086 # a list of package names
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends --no-remove $missing; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    fail "the Debian packages could not be installed (no network? another release?). Run:" "  $line"
  fi
}

# Of the folder $1; $2 says what they are.
npm_packages() {
  local stamp=$1/node_modules/.rockpool-lock
  cmp -s "$1/package-lock.json" "$stamp" && return 0
  say "installing npm packages$2"
  (cd "$1" && npm ci --ignore-scripts --loglevel=error) >.toolchain/npm.log 2>&1 || {
    tail -n 15 .toolchain/npm.log >&2
    fail "the npm packages could not be installed (no network?). Run: (cd $1 && npm ci --ignore-scripts)"
  }
  cp "$1/package-lock.json" "$stamp"
}

command -v dpkg-query >/dev/null || fail "this script knows Debian 12 only; see docs/getting-started.md"
node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null ||
  fail "Node 20 or newer is needed; found $(node --version 2>/dev/null || echo none)"

mkdir -p .toolchain
exec 9>.toolchain/lock
flock 9 # two runs in one checkout take turns

# shellcheck source=scripts/emscripten.sh
source scripts/emscripten.sh
find_emscripten
packages=("${build_packages[@]}")
[ "$wanted" = build ] || packages+=("${test_packages[@]}")
[ -n "$own_emscripten" ] || packages+=("${emscripten_packages[@]}")
install_packages "${packages[@]}"
npm_packages . ""
[ "$wanted" = build ] || npm_packages tests/peers/deepstream ": deepstream's server and client, to judge ours"
[ -n "$own_emscripten" ] || provision_emscripten
write_toolchain_file
