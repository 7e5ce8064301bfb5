# shellcheck shell=bash
# What the scripts share: where the tree is, and how they speak. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export root

# Says what the script is doing, apart from what the programs it runs print.
say() { printf '==> %s\n' "$*"; }

# Ends the script with a reason that says what to do.
die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# How many compilers run at once.
jobs() { nproc 2>/dev/null || echo 2; }
