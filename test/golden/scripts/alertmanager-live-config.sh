set -eu
unset DOCKER_CONTEXT
docker run --rm --interactive --network none --user 0:0 --read-only --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --security-opt no-new-privileges --volume flower-monitoring-alertmanager-config:/etc/alertmanager --entrypoint /bin/sh flower-monitoring-lab/alertmanager:v0.31.1 -s <<'END_cf4745451ed95230'
set -eu
cd /etc/alertmanager
umask 022
[ "$(readlink current 2>/dev/null || :)" = releases/a7f38b409c41 ] || rm -rf releases/a7f38b409c41
mkdir -p releases/a7f38b409c41 targets
mkdir -p releases/a7f38b409c41
cat > releases/a7f38b409c41/alertmanager.yml <<'END_867418c4391b5ff7'
route:
  receiver: lab
  group_by:
    - alertname
    - federation
  group_wait: 5s
  group_interval: 15s
  repeat_interval: 4h
inhibit_rules:
  - source_matchers:
      - severity="critical"
      - host!=""
    target_matchers:
      - severity="warning"
    equal:
      - federation
      - host
receivers:
  - name: lab
    webhook_configs:
      - url: http://172.31.77.5:8080/alerts
        send_resolved: true
END_867418c4391b5ff7
if ! (cd releases/a7f38b409c41 && amtool check-config alertmanager.yml); then
  [ "$(readlink current 2>/dev/null || :)" = releases/a7f38b409c41 ] || rm -rf releases/a7f38b409c41
  exit 1
fi >&2
if [ -L current ] && [ ! -L previous ]; then cp -P current previous; fi
rm -f current.new
ln -s releases/a7f38b409c41 current.new && mv -T current.new current
END_cf4745451ed95230

metric() {
  docker exec flower-monitoring-alertmanager wget -q -O - http://127.0.0.1:9093/metrics 2>/dev/null |
    awk -v name="alertmanager_config_last_reload_$1" '$1 == name { print $2 }'
}
put_back() {
  echo "the configuration that was live before is put back" >&2
docker run --rm --interactive --network none --user 0:0 --read-only --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --security-opt no-new-privileges --volume flower-monitoring-alertmanager-config:/etc/alertmanager --entrypoint /bin/sh flower-monitoring-lab/alertmanager:v0.31.1 -s <<'END_d4563bc6f0f9d14f'
set -eu
cd /etc/alertmanager
if [ -L previous ]; then mv -T previous current; fi
END_d4563bc6f0f9d14f

  docker exec flower-monitoring-alertmanager /bin/sh -c 'kill -HUP 1' || :
  docker logs --tail 5 flower-monitoring-alertmanager >&2 || :
  exit 1
}
if [ "$(docker container inspect --format '{{.State.Running}}' flower-monitoring-alertmanager 2>/dev/null)" = true ]; then
  waited=0
  until before=$(metric success_timestamp_seconds) && [ -n "$before" ]; do
    waited=$((waited + 1))
    [ "$waited" -le 30 ] || { echo "flower-monitoring-alertmanager does not answer" >&2; put_back; }
    sleep 1
  done
  docker exec flower-monitoring-alertmanager /bin/sh -c 'kill -HUP 1'
  waited=0
  until [ "$(metric successful)" = 1 ] && [ "$(metric success_timestamp_seconds)" != "$before" ]; do
    waited=$((waited + 1))
    if [ "$waited" -gt 30 ]; then
      echo "flower-monitoring-alertmanager refused its new configuration" >&2
      put_back
    fi
    sleep 1
  done
fi
docker run --rm --interactive --network none --user 0:0 --read-only --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --security-opt no-new-privileges --volume flower-monitoring-alertmanager-config:/etc/alertmanager --entrypoint /bin/sh flower-monitoring-lab/alertmanager:v0.31.1 -s <<'END_bb33e21d28093f09'
set -eu
cd /etc/alertmanager
rm -f previous
for old in releases/*; do [ "$old" = releases/a7f38b409c41 ] || rm -rf "$old"; done
END_bb33e21d28093f09

echo "live a7f38b409c41"
