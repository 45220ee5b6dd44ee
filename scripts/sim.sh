#!/usr/bin/env bash
# npm run sim -- --seeds N [--seed S] [--trace]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh build
scripts/build.sh native rockpool_sim
exec build/release/rockpool_sim "$@"
