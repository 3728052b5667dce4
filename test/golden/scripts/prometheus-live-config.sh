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
  - rules/always.yml
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
cat > releases/0123456789ab/rules/always.yml <<'END_0123456789abcdef'
groups:
  - name: evaluator
    rules:
      - alert: GrafanaDown
        expr: up{job="grafana"} == 0
        for: 2m
        labels:
          severity: warning
        annotations:
          summary: "Grafana is down: nobody can look at anything"
          description: "Prometheus gets no answer from Grafana ({{ $labels.instance }}). Alerts are evaluated by Prometheus and still come. Likely: its container was stopped or ends at once, out of memory or by a volume that cannot be written."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#grafanadown
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
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
        expr: up{job!~"alertmanager|grafana"} == 0
        for: 2m
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.job }} on {{ $labels.host }} cannot be scraped"
          description: "Prometheus gets no answer from {{ $labels.instance }} (job {{ $labels.job }}, host {{ $labels.host }}). What it measures is unknown until it is back. Likely: the host or its exporter is down, or a firewall is between."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#targetdown
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: ManyTargetsDown
        expr: |2-
            count by (federation) (up == 0)
              / count by (federation) (up)
              >= 0.4
          and
            count by (federation) (up == 0) >= 5
        for: 2m
        labels:
          severity: critical
        annotations:
          summary: "{{ $value | humanizePercentage }} of all targets cannot be scraped"
          description: "{{ $value | humanizePercentage }} of what Prometheus scrapes does not answer, all at once: most of the federation is unwatched. Likely: the network between the monitoring VM and the hosts is cut (firewall, VPN, DNS), or the hosts were stopped together."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#manytargetsdown
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: ScrapeSlow
        expr: |2-
            avg_over_time(scrape_duration_seconds[5m]) > 2.5
          and
            max_over_time(up[5m]) == 1
        for: 10m
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.job }} on {{ $labels.host }} takes {{ $value | humanizeDuration }} to answer"
          description: "A scrape of {{ $labels.instance }} (job {{ $labels.job }}, host {{ $labels.host }}) takes {{ $value | humanizeDuration }} on average, of 5 s that it may: soon samples are missing. Likely: the host is overloaded, the exporter has to tell of too much, or the network is slow."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#scrapeslow
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
  - name: prometheus
    rules:
      - alert: PrometheusConfigReloadFailed
        expr: prometheus_config_last_reload_successful == 0
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: Prometheus refused its configuration
          description: "The last reload of Prometheus on {{ $labels.host }} failed: it works on with the configuration before, and does not know what was changed since. A restart would end it. Likely: a file in its volume was edited by hand, or an up was killed in the middle."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#prometheusconfigreloadfailed
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: PrometheusRuleFailures
        expr: sum by (federation, host, instance, job, rule_group) (increase(prometheus_rule_evaluation_failures_total[10m])) > 0
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: "Rules fail in Prometheus: {{ $labels.rule_group }}"
          description: '{{ printf "%.0f" $value }} evaluations of rules in {{ $labels.rule_group }} failed within 10m: what they compute or watch for is unknown. Likely: two series where a rule expects one (a host that is scraped twice), a rule of your own, or a query that needs too much.'
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#prometheusrulefailures
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: PrometheusRuleGroupsMissed
        expr: |2-
            sum by (federation, host, instance, job, rule_group) (increase(prometheus_rule_group_iterations_missed_total[10m]))
              / sum by (federation, host, instance, job, rule_group) (increase(prometheus_rule_group_iterations_total[10m]))
              > 0.1
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: Prometheus is late with the rules of {{ $labels.rule_group }}
          description: "{{ $value | humanizePercentage }} of the evaluations of {{ $labels.rule_group }} were left out, since the ones before took too long: alerts come late. Likely: the monitoring VM is overloaded, or a rule of your own looks at too much."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#prometheusrulegroupsmissed
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: PrometheusWalFailing
        expr: |-
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_tsdb_wal_writes_failed_total[1h])) > 0,
            "operation", "write to the WAL", "", ""
          )
          or
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_tsdb_wal_corruptions_total[1h])) > 0,
            "operation", "read of a damaged WAL", "", ""
          )
          or
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_tsdb_wal_truncations_failed_total[1h])) > 0,
            "operation", "truncation of the WAL", "", ""
          )
          or
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_tsdb_checkpoint_creations_failed_total[1h])) > 0,
            "operation", "checkpoint of the WAL", "", ""
          )
          or
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_tsdb_head_truncations_failed_total[1h])) > 0,
            "operation", "truncation of the head", "", ""
          )
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: "Prometheus loses samples: {{ $labels.operation }} fails"
          description: 'Prometheus on {{ $labels.host }} failed {{ printf "%.0f" $value }} times within 1h: {{ $labels.operation }}. What it scrapes may not be kept, and alerts may miss what they look for. Likely: the disk of the monitoring VM is full, read-only or broken.'
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#prometheuswalfailing
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: PrometheusCompactionFailing
        expr: |-
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_tsdb_compactions_failed_total[1h])) > 0,
            "operation", "compaction", "", ""
          )
          or
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_tsdb_reloads_failures_total[1h])) > 0,
            "operation", "reload of blocks", "", ""
          )
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: "Prometheus cannot tidy up its storage: {{ $labels.operation }} fails"
          description: 'Prometheus on {{ $labels.host }} failed {{ printf "%.0f" $value }} times within 1h: {{ $labels.operation }}. Nothing is lost yet, but its data grow until the disk is full. Likely: no room for the new block, or a damaged block.'
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#prometheuscompactionfailing
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: PrometheusStorageLarge
        expr: |2-
            avg_over_time(prometheus_tsdb_storage_blocks_bytes[3h])
              + avg_over_time(prometheus_tsdb_wal_storage_size_bytes[3h])
              + avg_over_time(prometheus_tsdb_head_chunks_storage_size_bytes[3h])
              > 53687091200
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: Prometheus keeps {{ $value | humanize1024 }}B of samples
          description: "Prometheus on {{ $labels.host }} uses {{ $value | humanize1024 }}B, more than the 50 GiB that the stack gives it; how full the disk is, it cannot tell. Likely: more hosts or series than before, or a longer retention."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#prometheusstoragelarge
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: PrometheusNotificationsFailing
        expr: |2-
            sum by (federation, host, instance, job) (increase(prometheus_notifications_dropped_total[10m]))
              / (
                sum by (federation, host, instance, job) (increase(prometheus_notifications_dropped_total[10m]))
                + sum by (federation, host, instance, job) (increase(prometheus_notifications_sent_total[10m]))
              )
              > 0.2
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: Prometheus loses {{ $value | humanizePercentage }} of its alerts
          description: "Of the alerts that Prometheus on {{ $labels.host }} sent to Alertmanager, {{ $value | humanizePercentage }} were lost. Somebody may not be called. Likely: Alertmanager restarts again and again, refuses them or is overloaded."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#prometheusnotificationsfailing
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: PrometheusWithoutAlertmanager
        expr: prometheus_notifications_alertmanagers_discovered < 1
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: Prometheus knows no Alertmanager
          description: "Prometheus on {{ $labels.host }} has {{ $value }} Alertmanagers to send alerts to. What it evaluates reaches nobody. Likely: its configuration is not the stack's."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#prometheuswithoutalertmanager
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: PrometheusSamplesRefused
        expr: |-
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_target_scrapes_sample_out_of_order_total[10m])) > 0,
            "cause", "out of order", "", ""
          )
          or
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_target_scrapes_sample_duplicate_timestamp_total[10m])) > 0,
            "cause", "another value for the same time", "", ""
          )
          or
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_target_scrapes_sample_out_of_bounds_total[10m])) > 0,
            "cause", "too old or too new", "", ""
          )
          or
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_target_scrapes_exceeded_sample_limit_total[10m])) > 0,
            "cause", "over sample_limit", "", ""
          )
          or
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_target_scrapes_exceeded_body_size_limit_total[10m])) > 0,
            "cause", "over body_size_limit", "", ""
          )
          or
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_target_scrape_pool_exceeded_target_limit_total[10m])) > 0,
            "cause", "over target_limit", "", ""
          )
          or
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_target_scrape_pool_exceeded_label_limits_total[10m])) > 0,
            "cause", "over label limits", "", ""
          )
        for: 15m
        labels:
          severity: warning
        annotations:
          summary: "Prometheus refuses what it scrapes: {{ $labels.cause }}"
          description: 'Prometheus on {{ $labels.host }} refused {{ printf "%.0f" $value }} samples or scrapes within 10m: {{ $labels.cause }}. Some series have gaps. Likely: two targets with the same labels, an exporter with times of its own, or a clock that jumped.'
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#prometheussamplesrefused
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: PrometheusDiscoveryFailing
        expr: |-
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_sd_file_read_errors_total[10m])) > 0,
            "operation", "read of a target file", "", ""
          )
          or
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_target_sync_failed_total[10m])) > 0,
            "operation", "use of a target", "", ""
          )
          or
          label_replace(
            sum by (federation, host, instance, job) (increase(prometheus_target_scrape_pools_failed_total[10m])) > 0,
            "operation", "start of a job", "", ""
          )
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: "Prometheus does not learn of its targets: {{ $labels.operation }} fails"
          description: 'Prometheus on {{ $labels.host }} failed {{ printf "%.0f" $value }} times within 10m: {{ $labels.operation }}. It goes on with the targets that it knew; new hosts are not watched. Likely: a target file was edited by hand, or is not readable.'
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#prometheusdiscoveryfailing
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
  - name: stack
    rules:
      - alert: AlertmanagerDown
        expr: up{job="alertmanager"} == 0
        for: 2m
        labels:
          severity: critical
        annotations:
          summary: "Alertmanager is down: nobody is told of anything"
          description: "Prometheus gets no answer from Alertmanager ({{ $labels.instance }}). Until it is back no alert reaches anybody, this one neither: the dead man's switch calls. Likely: its container was stopped or ends at once, out of memory or by a volume that cannot be written."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#alertmanagerdown
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: AlertmanagerConfigReloadFailed
        expr: alertmanager_config_last_reload_successful == 0
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: Alertmanager refused its configuration
          description: "The last reload of Alertmanager on {{ $labels.host }} failed: it works on with the receivers and routes before. A restart would end it. Likely: a file in its volume was edited by hand, or an up was killed in the middle."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#alertmanagerconfigreloadfailed
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: AlertmanagerNotificationsFailing
        expr: |-
          sum by (federation, host, instance, job, integration, receiver_name) (
            increase(alertmanager_notifications_failed_total{reason!="contextCanceled"}[15m])
          ) > 0
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.receiver_name }} is not told of alerts by {{ $labels.integration }}"
          description: '{{ printf "%.0f" $value }} notifications to {{ $labels.receiver_name }} were given up within 15m ({{ $labels.integration }}), after all tries. Likely: the service is down or refuses the credentials, or the monitoring VM cannot reach it.'
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#alertmanagernotificationsfailing
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
      - alert: MonitoringServiceRestarting
        expr: |-
          changes(
            process_start_time_seconds{job=~"prometheus|alertmanager|grafana"}[1h]
          ) >= 3
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.job }} has restarted {{ $value }} times"
          description: "{{ $labels.job }} on {{ $labels.host }} has started {{ $value }} times again within 1h: there are gaps in what it does. Likely: it runs out of the memory that its container may have, or its volume is full."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#monitoringservicerestarting
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stack
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
