#!/usr/bin/env bash
# scripts/format.sh [--check]: clang-format over our C++, Prettier over our JavaScript and TypeScript.
# --check only says what they would change.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
clang_mode=(-i)
prettier_mode=(--write --log-level warn)
if [ "${1:-}" = --check ]; then
  clang_mode=(--dry-run -Werror)
  prettier_mode=(--list-different)
fi

# Tracked files and new ones that are not ignored, of the given patterns.
files() {
  git ls-files -z --cached --others --exclude-standard -- "$@" |
    while IFS= read -r -d '' file; do [ -f "$file" ] && printf '%s\0' "$file"; done
}

failed=0
files '*.cpp' '*.h' | xargs -0 -r -n 40 -P 2 clang-format-14 "${clang_mode[@]}" || failed=1
files '*.js' '*.mjs' '*.ts' | xargs -0 -r node_modules/.bin/prettier "${prettier_mode[@]}" || failed=1
exit "$failed"
