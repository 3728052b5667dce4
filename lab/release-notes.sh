#!/bin/sh
# Prints what CHANGELOG.md says of a version; fails where package.json has another one, or nothing is said.
#   lab/release-notes.sh 1.2.3
set -eu
version=${1:?usage: lab/release-notes.sh VERSION}
cd "$(dirname "$0")/.."

die() {
  printf 'lab/release-notes.sh: %s\n' "$*" >&2
  exit 1
}

packaged=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
[ "$packaged" = "$version" ] ||
  die "version: got $version; allowed: $packaged, as package.json has it; do: tag v$packaged, or change package.json"

notes=$(awk -v heading="## [$version]" '
  index($0, "## [") == 1 { told = index($0, heading) == 1; next }
  told { print }
' CHANGELOG.md)
[ -n "$(printf %s "$notes" | tr -d '[:space:]')" ] ||
  die "CHANGELOG.md: got nothing under \"## [$version]\"; do: move what is under Unreleased there"
printf '%s\n' "$notes"
