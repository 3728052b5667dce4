# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# Step 2: the payload, complete and checked, in releases/<id>. Nothing runs from it yet.

install_payload() {
  step=install
  forced=
  clear_leftovers
  target=$root/releases/$FM_ID
  [ "$here" != "$target" ] || return 0
  stage
  fetch_all
  for part in $(parts_of "$here"); do
    share install "$part"
  done
  (cd "$here" && find . -type f ! -name sums -exec sha256sum {} +) >"$here/sums" ||
    die "cannot write $here/sums; is the disk full?"
  mkdir -p "$root/releases"
  if [ -e "$target" ]; then
    # The same bundle is there but damaged: what runs from it may be damaged too.
    forced=yes
    mv "$target" "$root/.damaged.$$"
  fi
  mv "$here" "$target"
  rm -rf "$root/.damaged.$$"
  here=$target
}

# This very bundle may be installed and whole.
use_finished_release() {
  target=$root/releases/$FM_ID
  if [ "$here" != "$target" ] && (cd "$target" && sha256sum -c sums) >/dev/null 2>&1; then
    here=$target
  fi
}

# To the disk that releases are on: a release appears by a rename.
stage() {
  [ "$(dirname "$here")" != "$root" ] || return 0
  staged=$root/.unpack.$$
  mkdir "$staged"
  cp -R "$here/." "$staged" || die "cannot write to $staged; is the disk full?"
  rm -rf "$unpacked"
  here=$staged
  unpacked=$staged
}

# What killed runs left. A directory whose process lives belongs to one that waits for the lock.
clear_leftovers() {
  for left in "$root"/.unpack.* "$root"/.damaged.* "$root"/.probe.* /run/flower-monitoring.[0-9]*; do
    if [ -e "$left" ] && ! kill -0 "${left##*.}" 2>/dev/null; then
      rm -rf "$left"
    fi
  done
}

# Lines of fetch: ARCH SHA256 URL MEMBER TARGET; URL "-" is a blob, member "-" takes the file as it is.
fetch_all() {
  while read -r for_arch sum url member into; do
    [ "$for_arch" = any ] || [ "$for_arch" = "$arch" ] || continue
    mkdir -p "$(dirname "$here/$into")"
    if [ -f "$here/blobs/$sum" ]; then
      use_blob "$sum" "$here/$into"
    elif ! keep_from_release "$for_arch $sum $url $member $into"; then
      [ "$url" != - ] || die "the bundle came without its blob $sum ($into); run pulumi up again"
      fetch_one "$sum" "$url" "$member" "$here/$into"
    fi
  done <"$here/fetch"
  rm -rf "$here/blobs"
}

use_blob() {
  [ "$(sha256sum <"$here/blobs/$1" | cut -c1-64)" = "$1" ] || die "the blob $1 is damaged; run pulumi up again"
  mv "$here/blobs/$1" "$2"
}

# What an earlier release has, whole, is neither sent nor downloaded again: two names of one file.
keep_from_release() {
  for old in "$root"/releases/*; do
    grep -qxF "$1" "$old/fetch" 2>/dev/null || continue
    (cd "$old" && grep -F "  ./$into" sums | sha256sum -c) >/dev/null 2>&1 || continue
    ln "$old/$into" "$here/$into" 2>/dev/null || cp -p "$old/$into" "$here/$into"
    return
  done
  return 1
}

fetch_one() {
  download "$2" "$here/download" ||
    die "cannot download $2; let this host reach it, or carry the file in the bundle with flower-monitoring:artifacts"
  [ "$(sha256sum <"$here/download" | cut -c1-64)" = "$1" ] ||
    die "$2 does not have the SHA-256 $1; nothing of it was used; look for a proxy that changes downloads"
  if [ "$3" = - ]; then
    mv "$here/download" "$4"
  else
    tar -xzOf "$here/download" "$3" >"$4" || die "cannot unpack $3 from $2; is the disk full?"
    chmod 755 "$4"
    rm -f "$here/download"
  fi
}

download() {
  case $(fetcher) in
    curl) curl -fsSL --max-time 120 -o "$2" "$1" ;;
    wget) wget -q -T 120 -O "$2" "$1" ;;
    *) "$(fetcher)" -c 'import sys, urllib.request as r; r.urlretrieve(sys.argv[1], sys.argv[2])' "$1" "$2" ;;
  esac
}

# The program that can speak HTTP: curl, wget, or the path of a Python.
fetcher() {
  for tool in curl wget python3 "${FM_PYTHON-}"; do
    if [ -n "$tool" ] && have "$tool"; then
      echo "$tool"
      return
    fi
  done
}
