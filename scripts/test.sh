#!/usr/bin/env bash
# The whole suite on the project's own Node: types, lint, then every test on PGlite and on a real PostgreSQL.
# What the machine lacks is skipped with its reason in the output.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
tsc --noEmit
tsc -p console
biome check .
vitest run --project suite "$@"
