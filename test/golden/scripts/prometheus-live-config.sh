set -eu
unset DOCKER_CONTEXT
docker run --rm --interactive --network none --user 0:0 --read-only --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --security-opt no-new-privileges --volume flower-monitoring-prometheus-config:/etc/prometheus --entrypoint /bin/sh flower-monitoring-lab/prometheus:v3.15.0 -s <<'END_0123456789abcdef'
set -eu
cd /etc/prometheus
umask 022
[ "$(readlink current 2>/dev/null || :)" = releases/0123456789ab ] || rm -rf releases/0123456789ab
mkdir -p releases/0123456789ab targets
mkdir -p releases/0123456789ab
cat > releases/0123456789ab/prometheus.yml <<'END_0123456789abcdef'
global:
  scrape_interval: 5s
  scrape_timeout: 5s
  evaluation_interval: 5s
  external_labels:
    federation: demo
rule_files:
  - rules/recording.yml
  - rules/flower-monitoring.yml
alerting:
  alertmanagers:
    - static_configs:
        - targets:
            - alertmanager:9093
scrape_configs:
  - job_name: prometheus
    static_configs:
      - targets:
          - localhost:9090
        labels:
          federation: demo
          host: monitoring
  - job_name: alertmanager
    static_configs:
      - targets:
          - alertmanager:9093
        labels:
          federation: demo
          host: monitoring
  - job_name: grafana
    static_configs:
      - targets:
          - grafana:3000
        labels:
          federation: demo
          host: monitoring
  - job_name: node
    file_sd_configs:
      - files:
          - /etc/prometheus/targets/node.json
  - job_name: flower
    file_sd_configs:
      - files:
          - /etc/prometheus/targets/flower.json
  - job_name: dcgm
    file_sd_configs:
      - files:
          - /etc/prometheus/targets/dcgm.json
  - job_name: cadvisor
    track_timestamps_staleness: true
    file_sd_configs:
      - files:
          - /etc/prometheus/targets/cadvisor.json
END_0123456789abcdef
mkdir -p releases/0123456789ab/rules
cat > releases/0123456789ab/rules/recording.yml <<'END_0123456789abcdef'
groups:
  - name: hosts-records
    rules:
      - record: host:flower_monitoring_bundle_info:wanted
        expr: group without () (up{job="node", host=~"superlink"})
        labels:
          hash: 0123456789ab
      - record: host:flower_monitoring_bundle_info:wanted
        expr: group without () (up{job="node", host=~"supernode-1|supernode-2"})
        labels:
          hash: 0123456789ab
END_0123456789abcdef
mkdir -p releases/0123456789ab/rules
cat > releases/0123456789ab/rules/flower-monitoring.yml <<'END_0123456789abcdef'
groups:
  - name: federation
    rules:
      - alert: SuperNodeOffline
        expr: |-
          label_replace(
            fl_supernode_up == 0
              and fl_supernode_heartbeat_age_seconds
              and on (instance) fl_supernodes{status="offline"} > 0,
            "host", "$1", "name", "(.*)"
          )
        for: 30s
        labels:
          severity: critical
        annotations:
          summary: SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} is offline
          description: "The SuperLink has no heartbeat from SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} (node id {{ $labels.node_id }}{{ if $labels.location }}, location {{ $labels.location }}{{ end }}). Runs that need it wait without a limit. Likely: its process or host is down, or its network to the SuperLink is cut."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#supernodeoffline
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-federation
  - name: hosts
    rules:
      - alert: HostDrift
        expr: |-
          flower_monitoring_host_drift > 0
          or
          label_replace(
            label_replace(
              host:flower_monitoring_bundle_info:wanted
                and host:flower_monitoring_bundle_info:wanted offset 10m
                and on (host) up{job="node"} == 1
                unless on (host, hash) flower_monitoring_bundle_info,
              "reason", "other-bundle", "", ""
            ),
            "part", "bundle", "", ""
          )
          or
          label_replace(
            label_replace(
              host:flower_monitoring_bundle_info:wanted
                and on (host, hash) flower_monitoring_bundle_info
                unless on (host) (
                  flower_monitoring_facts_timestamp_seconds
                    > node_time_seconds - 45
                ),
              "reason", "silent", "", ""
            ),
            "part", "facts", "", ""
          )
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.part }} on {{ $labels.host }} is not as deployed: {{ $labels.reason }}"
          description: "Host {{ $labels.host }} differs from the stack in {{ $labels.part }}: {{ $labels.reason }}.{{ if $labels.hash }} It should run bundle {{ $labels.hash }}.{{ end }} Likely: somebody changed or stopped it by hand, or the last up did not reach the host. An up with repair puts it right."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostdrift
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-federation
  - name: monitoring
    rules:
      - alert: Watchdog
        expr: count by (federation) (up)
        for: 30s
        labels:
          severity: none
        annotations:
          summary: "Alerting works: {{ $value }} targets are watched"
          description: Fires as long as Prometheus scrapes ({{ $value }} targets), evaluates rules and reaches Alertmanager. Nothing has to be done about it; somebody has to be called when it stays away.
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#watchdog
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-federation
      - alert: TargetDown
        expr: up == 0
        for: 2m
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.job }} on {{ $labels.host }} cannot be scraped"
          description: "Prometheus gets no answer from {{ $labels.instance }} (job {{ $labels.job }}, host {{ $labels.host }}). What it measures is unknown until it is back. Likely: the host or its exporter is down, or a firewall is between."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#targetdown
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-federation
END_0123456789abcdef
if ! (cd releases/0123456789ab && promtool check config prometheus.yml); then
  [ "$(readlink current 2>/dev/null || :)" = releases/0123456789ab ] || rm -rf releases/0123456789ab
  exit 1
fi >&2
if [ -L current ] && [ ! -L previous ]; then cp -P current previous; fi
rm -f current.new
ln -s releases/0123456789ab current.new && mv -T current.new current
END_0123456789abcdef

metric() {
  docker exec flower-monitoring-prometheus wget -q -O - http://127.0.0.1:9090/metrics 2>/dev/null |
    awk -v name="prometheus_config_last_reload_$1" '$1 == name { print $2 }'
}
put_back() {
  echo "the configuration that was live before is put back" >&2
docker run --rm --interactive --network none --user 0:0 --read-only --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --security-opt no-new-privileges --volume flower-monitoring-prometheus-config:/etc/prometheus --entrypoint /bin/sh flower-monitoring-lab/prometheus:v3.15.0 -s <<'END_0123456789abcdef'
set -eu
cd /etc/prometheus
if [ -L previous ]; then mv -T previous current; fi
END_0123456789abcdef

  docker exec flower-monitoring-prometheus /bin/sh -c 'kill -HUP 1' || :
  docker logs --tail 5 flower-monitoring-prometheus >&2 || :
  exit 1
}
if [ "$(docker container inspect --format '{{.State.Running}}' flower-monitoring-prometheus 2>/dev/null)" = true ]; then
  waited=0
  until before=$(metric success_timestamp_seconds) && [ -n "$before" ]; do
    waited=$((waited + 1))
    [ "$waited" -le 30 ] || { echo "flower-monitoring-prometheus does not answer" >&2; put_back; }
    sleep 1
  done
  docker exec flower-monitoring-prometheus /bin/sh -c 'kill -HUP 1'
  waited=0
  until [ "$(metric successful)" = 1 ] && [ "$(metric success_timestamp_seconds)" != "$before" ]; do
    waited=$((waited + 1))
    if [ "$waited" -gt 30 ]; then
      echo "flower-monitoring-prometheus refused its new configuration" >&2
      put_back
    fi
    sleep 1
  done
fi
docker run --rm --interactive --network none --user 0:0 --read-only --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --security-opt no-new-privileges --volume flower-monitoring-prometheus-config:/etc/prometheus --entrypoint /bin/sh flower-monitoring-lab/prometheus:v3.15.0 -s <<'END_0123456789abcdef'
set -eu
cd /etc/prometheus
rm -f previous
for old in releases/*; do [ "$old" = releases/0123456789ab ] || rm -rf "$old"; done
END_0123456789abcdef

echo "live 0123456789ab"
