# What the scripts share; to be sourced, from bash, with `set -euo pipefail`.

# The checkout, wherever the script is called from.
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
tools="$root/target/tools"
# What setup fetched is found as if it were installed.
export PATH="$PATH:$tools"

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null; }

# Directory of the newest PostgreSQL server's programs; fails if there is none.
postgres_bin() {
  local found
  found="$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -1)"
  [[ -x $found ]] || found="$(readlink -f "$(command -v initdb)")" || return 1
  dirname "$found"
}

# A nats-server of 2.10 or newer: older ones silently ignore settings we rely on.
nats_server() {
  local candidate version
  for candidate in "$(command -v nats-server || true)" "$tools/nats-server"; do
    [[ -x $candidate ]] || continue
    version="$("$candidate" --version)"
    [[ $version =~ v([0-9]+)\.([0-9]+) ]] || continue
    if ((BASH_REMATCH[1] > 2 || (BASH_REMATCH[1] == 2 && BASH_REMATCH[2] >= 10))); then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

# Runs a command as root: directly, or with sudo; otherwise says what to run, and ends.
as_root() {
  if ((EUID == 0)); then "$@"
  elif have sudo; then sudo "$@"
  else die "Please run as root, then repeat:  ${*@Q}"
  fi
}
