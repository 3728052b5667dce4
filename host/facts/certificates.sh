# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with facts.sh
# When certificates expire: the CA file of the SuperLink, and those that the stack lists for the host.
# openssl is asked only about files that have changed.

certificate_metrics() {
  # shellcheck disable=SC2086 # paths in the config have no spaces
  set -- $FM_CA_FILE $FM_CERTIFICATES
  [ $# -gt 0 ] || return 0
  seen=$(command -v openssl; stat -L -c '%n %i %s %y %z' "$@" 2>&1)
  if [ "$seen" != "$(cat "$memory/certificates.seen" 2>/dev/null)" ]; then
    for path in "$@"; do expiry_line "$path"; done | sort -u >"$memory/certificates"
    printf '%s\n' "$seen" >"$memory/certificates.seen"
  fi
  family flower_monitoring_certificate_expiry_timestamp_seconds "When the first certificate of the file expires."
  while read -r path time; do
    case $time in
      *[!0-9]*) lacks "certificate:$path" "$time" ;;
      *) echo "flower_monitoring_certificate_expiry_timestamp_seconds{path=\"$path\"} $time" ;;
    esac
  done <"$memory/certificates"
}

# expiry_line PATH: the path, and seconds since 1970 or why there are none.
expiry_line() {
  if ! have openssl; then
    echo "$1 this host has no openssl"
  elif [ ! -f "$1" ]; then
    echo "$1 no such file"
  else
    time=$(first_expiry "$1")
    echo "$1 ${time:-not a PEM certificate}"
  fi
}

# All certificates of a file: a chain ends with the first of them. date cannot read their times on
# every system, so awk counts the days; its years begin in March, which puts the leap day last.
first_expiry() {
  openssl crl2pkcs7 -nocrl -certfile "$1" 2>/dev/null | openssl pkcs7 -print_certs -text -noout 2>/dev/null | awk '
    /Not After *:/ {
      sub(/.*Not After *: */, "")
      split($3, clock, ":")
      month = (index("JanFebMarAprMayJunJulAugSepOctNovDec", $1) + 2) / 3
      year = month > 2 ? $4 : $4 - 1
      days = 365 * year + int(year / 4) - int(year / 100) + int(year / 400)
      days += int((153 * ((month + 9) % 12) + 2) / 5) + $2 - 719469
      time = ((days * 24 + clock[1]) * 60 + clock[2]) * 60 + clock[3]
      if (!n++ || time < first) first = time
    }
    END { if (n) printf "%.0f\n", first }'
}
