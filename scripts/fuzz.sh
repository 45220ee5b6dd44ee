#!/usr/bin/env bash
# npm run fuzz -- TARGET SECONDS: tests/fuzz/TARGET.cpp, from the recorded inputs and those of earlier runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${1:-} seconds=${2:-60}
if [ ! -f "tests/fuzz/$target.cpp" ] || [ "$target" = replay ]; then
  echo "usage: npm run fuzz -- TARGET SECONDS, with one of:" >&2
  basename -s .cpp tests/fuzz/*.cpp | grep -vx replay >&2
  exit 2
fi
scripts/setup.sh
[ -f build/fuzz/build.ninja ] || cmake --preset fuzz >/dev/null
cmake --build build/fuzz --target "fuzz_$target" -- --quiet
found=build/fuzz/corpus/$target
mkdir -p "$found"
recorded=()
[ -d "tests/fuzz/corpus/$target" ] && recorded=("tests/fuzz/corpus/$target")
exec "build/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
  -print_final_stats=1 -artifact_prefix="build/fuzz/$target-" "$found" "${recorded[@]}"
