set -eu
unset DOCKER_CONTEXT
docker run --rm --interactive --network none --user 0:0 --read-only --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --security-opt no-new-privileges --volume flower-monitoring-prometheus-config:/etc/prometheus --entrypoint /bin/sh flower-monitoring-lab/prometheus:v3.15.0 -s <<'END_c482afb7d878abfa'
set -eu
cd /etc/prometheus
umask 022
[ "$(readlink current 2>/dev/null || :)" = releases/f3329b71b604 ] || rm -rf releases/f3329b71b604
mkdir -p releases/f3329b71b604 targets
mkdir -p releases/f3329b71b604
cat > releases/f3329b71b604/prometheus.yml <<'END_7ab6ae97ad2a0f59'
global:
  scrape_interval: 5s
  scrape_timeout: 5s
  evaluation_interval: 5s
  external_labels:
    federation: demo
rule_files:
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
  - job_name: cadvisor
    track_timestamps_staleness: true
    file_sd_configs:
      - files:
          - /etc/prometheus/targets/cadvisor.json
END_7ab6ae97ad2a0f59
mkdir -p releases/f3329b71b604/rules
cat > releases/f3329b71b604/rules/flower-monitoring.yml <<'END_4fa7a6d3760d3252'
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
  - name: monitoring
    rules:
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
END_4fa7a6d3760d3252
if ! (cd releases/f3329b71b604 && promtool check config prometheus.yml); then
  [ "$(readlink current 2>/dev/null || :)" = releases/f3329b71b604 ] || rm -rf releases/f3329b71b604
  exit 1
fi >&2
if [ -L current ] && [ ! -L previous ]; then cp -P current previous; fi
rm -f current.new
ln -s releases/f3329b71b604 current.new && mv -T current.new current
END_c482afb7d878abfa

metric() {
  docker exec flower-monitoring-prometheus wget -q -O - http://127.0.0.1:9090/metrics 2>/dev/null |
    awk -v name="prometheus_config_last_reload_$1" '$1 == name { print $2 }'
}
put_back() {
  echo "the configuration that was live before is put back" >&2
docker run --rm --interactive --network none --user 0:0 --read-only --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --security-opt no-new-privileges --volume flower-monitoring-prometheus-config:/etc/prometheus --entrypoint /bin/sh flower-monitoring-lab/prometheus:v3.15.0 -s <<'END_33332d6935fc3cc1'
set -eu
cd /etc/prometheus
if [ -L previous ]; then mv -T previous current; fi
END_33332d6935fc3cc1

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
docker run --rm --interactive --network none --user 0:0 --read-only --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --security-opt no-new-privileges --volume flower-monitoring-prometheus-config:/etc/prometheus --entrypoint /bin/sh flower-monitoring-lab/prometheus:v3.15.0 -s <<'END_00b49cfea2f102e2'
set -eu
cd /etc/prometheus
rm -f previous
for old in releases/*; do [ "$old" = releases/f3329b71b604 ] || rm -rf "$old"; done
END_00b49cfea2f102e2

echo "live f3329b71b604"
