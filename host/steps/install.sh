# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# Step 2: the payload, complete and checked, in releases/<id>. Nothing runs from it yet.

install_payload() {
  step=install
  forced=
  clear_leftovers
  target=$root/releases/$FM_ID
  [ "$here" != "$target" ] || return 0
  [ ! -f "$here/fetch" ] || fetch_all
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

# While we waited for the lock, another run may have installed this very bundle.
use_finished_release() {
  target=$root/releases/$FM_ID
  [ -f "$FM_TARBALL" ] || FM_TARBALL=
  if [ "$here" != "$target" ] && (cd "$target" && sha256sum -c sums) >/dev/null 2>&1; then
    rm -rf "$here"
    here=$target
  fi
}

# What killed runs left. A directory whose process lives belongs to one that waits for the lock.
clear_leftovers() {
  for left in "$root"/.unpack.* "$root"/.damaged.* "$root"/.probe.*; do
    if [ -e "$left" ] && [ "$left" != "$here" ] && ! kill -0 "${left##*.}" 2>/dev/null; then
      rm -rf "$left"
    fi
  done
}

# Lines of fetch: ARCH SHA256 URL MEMBER TARGET; member "-" takes the file as it is.
fetch_all() {
  while read -r for_arch sum url member into; do
    [ "$for_arch" = any ] || [ "$for_arch" = "$arch" ] || continue
    fetch_one "$sum" "$url" "$member" "$here/$into"
  done <"$here/fetch"
}

fetch_one() {
  download "$2" "$here/download" ||
    die "cannot download $2$(why_not $?); let this host reach it, or carry the file in the bundle with flower-monitoring:artifacts"
  [ "$(sha256sum <"$here/download" | cut -c1-64)" = "$1" ] ||
    die "$2 does not have the SHA-256 $1; nothing of it was used; look for a proxy that changes downloads"
  mkdir -p "$(dirname "$4")"
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

# why_not CODE: what curl and wget mean by it, where that is not the network.
why_not() {
  case $(fetcher):$1 in
    curl:60 | wget:5) printf ' (its certificate is not accepted; is the clock right? It says %s)' "$(utc_now)" ;;
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
