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
  - name: host-state-records
    rules:
      - record: host:clock_skew_seconds:last
        expr: node_time_seconds - timestamp(node_time_seconds)
  - name: flower-records
    rules:
      - record: host:site:info
        expr: |-
          group by (federation, host, site) (
            topk by (federation, host) (1, timestamp(up{job="node"}))
          )
          or on (federation, host) group by (federation, host) (label_replace(last_over_time(fl_supernode_up[2m]), "host", "$1", "name", "(.*)"))
      - record: federation:fl_supernodes:lost
        expr: |-
          count by (federation) (
          last_over_time(fl_supernode_up[2m]) == 0
            and last_over_time(fl_supernode_heartbeat_age_seconds[2m])
            and on (instance) last_over_time(fl_supernodes{status="offline"}[2m]) > 0
          )
      - record: app:fl_model_bytes:max
        expr: |-
          max by (federation, app) (
            max by (federation, run_id) (last_over_time(fl_model_bytes[2m]))
              * on (federation, run_id) group_left (app) max by (federation, run_id, app) (last_over_time(fl_run_info{app!=""}[2m]))
          )
      - record: run:fl_round_duration_seconds:mean
        expr: sum by (federation, run_id) (last_over_time(fl_round_duration_seconds_sum[2m])) / (sum by (federation, run_id) (last_over_time(fl_round_duration_seconds_count[2m])) > 0)
      - record: federation:fl_supernode_reply_seconds:median
        expr: quantile by (federation, phase) (0.5, max by (federation, node_id, name, location, phase) (last_over_time(fl_supernode_reply_seconds[2m])))
      - record: federation:fl_client_failures:ratio30m
        expr: sum by (federation) (increase(fl_clients_failed_total[30m])) / (sum by (federation) (increase(fl_clients_failed_total[30m])) + (sum by (federation) (increase(fl_client_duration_seconds_count[30m])) or sum by (federation) (increase(fl_clients_failed_total[30m])) * 0) > 0)
  - name: slo-records
    interval: 1m
    rules:
      - record: slo:data:known
        expr: group by (federation) (fl_runs)
        labels:
          slo: training_success_rate
      - record: slo:slice:good
        expr: 1 - avg by (federation) (max by (federation, run_id) (fl_run_stalled))
        labels:
          slo: run_progress
      - record: slo:data:known
        expr: group by (federation) (fl_runs)
        labels:
          slo: run_progress
      - record: slo:slice:good
        expr: |-
          clamp_max(
            sum by (federation) (fl_clients_connected)
              / count by (federation) (up{job="node", role="supernode"}),
            1
          )
        labels:
          slo: client_participation
      - record: slo:data:known
        expr: group by (federation) (fl_supernodes)
        labels:
          slo: client_participation
      - record: slo:slice:good
        expr: avg by (federation) (fl_supernode_up and fl_supernode_heartbeat_age_seconds)
        labels:
          slo: supernode_availability
      - record: slo:data:known
        expr: group by (federation) (fl_supernodes)
        labels:
          slo: supernode_availability
      - record: slo:slice:good
        expr: |-
          max by (federation) (
              (fl_exporter_up_to_date_seconds <= bool 60)
            or (up{job="flower"} * 0)
          )
        labels:
          slo: data_freshness
      - record: slo:data:known
        expr: group by (federation) (up{job="flower"})
        labels:
          slo: data_freshness
      - record: slo:data:known
        expr: group by (federation) (fl_exporter_replayed == 1)
        labels:
          slo: round_time
      - record: slo:data:known
        expr: group by (federation) (fl_exporter_replayed == 1)
        labels:
          slo: round_participation
      - record: slo:bad:count
        expr: sum by (federation) (increase(fl_runs{status="finished", sub_status="failed"}[2h]))
        labels:
          slo: training_success_rate
          window: 2h
      - record: slo:total:count
        expr: sum by (federation) (increase(fl_runs{status="finished", sub_status=~"completed|failed"}[2h])) > 0.5
        labels:
          slo: training_success_rate
          window: 2h
      - record: slo:bad:count
        expr: sum by (federation) (increase(fl_runs{status="finished", sub_status="failed"}[6h]))
        labels:
          slo: training_success_rate
          window: 6h
      - record: slo:total:count
        expr: sum by (federation) (increase(fl_runs{status="finished", sub_status=~"completed|failed"}[6h])) > 2.5
        labels:
          slo: training_success_rate
          window: 6h
      - record: slo:bad:count
        expr: sum by (federation) (increase(fl_runs{status="finished", sub_status="failed"}[1d]))
        labels:
          slo: training_success_rate
          window: 1d
      - record: slo:total:count
        expr: sum by (federation) (increase(fl_runs{status="finished", sub_status=~"completed|failed"}[1d])) > 2.5
        labels:
          slo: training_success_rate
          window: 1d
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[2m]) - sum_over_time(slo:slice:good{slo="run_progress"}[2m])
        labels:
          slo: run_progress
          window: 2m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[2m]) > 0.5
        labels:
          slo: run_progress
          window: 2m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[4m]) - sum_over_time(slo:slice:good{slo="run_progress"}[4m])
        labels:
          slo: run_progress
          window: 4m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[4m]) > 1.5
        labels:
          slo: run_progress
          window: 4m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[8m]) - sum_over_time(slo:slice:good{slo="run_progress"}[8m])
        labels:
          slo: run_progress
          window: 8m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[8m]) > 3.5
        labels:
          slo: run_progress
          window: 8m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[24m]) - sum_over_time(slo:slice:good{slo="run_progress"}[24m])
        labels:
          slo: run_progress
          window: 24m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[24m]) > 11.5
        labels:
          slo: run_progress
          window: 24m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[1h36m]) - sum_over_time(slo:slice:good{slo="run_progress"}[1h36m])
        labels:
          slo: run_progress
          window: 1h36m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[1h36m]) > 47.5
        labels:
          slo: run_progress
          window: 1h36m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[4h48m]) - sum_over_time(slo:slice:good{slo="run_progress"}[4h48m])
        labels:
          slo: run_progress
          window: 4h48m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[4h48m]) > 143.5
        labels:
          slo: run_progress
          window: 4h48m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[2d]) - sum_over_time(slo:slice:good{slo="run_progress"}[2d])
        labels:
          slo: run_progress
          window: 2d
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="run_progress"}[2d]) > 59.5
        labels:
          slo: run_progress
          window: 2d
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="client_participation"}[5m]) - sum_over_time(slo:slice:good{slo="client_participation"}[5m])
        labels:
          slo: client_participation
          window: 5m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="client_participation"}[5m]) > 2.5
        labels:
          slo: client_participation
          window: 5m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="client_participation"}[15m]) - sum_over_time(slo:slice:good{slo="client_participation"}[15m])
        labels:
          slo: client_participation
          window: 15m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="client_participation"}[15m]) > 7.5
        labels:
          slo: client_participation
          window: 15m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="client_participation"}[1h]) - sum_over_time(slo:slice:good{slo="client_participation"}[1h])
        labels:
          slo: client_participation
          window: 1h
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="client_participation"}[1h]) > 29.5
        labels:
          slo: client_participation
          window: 1h
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[2m]) - sum_over_time(slo:slice:good{slo="supernode_availability"}[2m])
        labels:
          slo: supernode_availability
          window: 2m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[2m]) > 0.5
        labels:
          slo: supernode_availability
          window: 2m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[4m]) - sum_over_time(slo:slice:good{slo="supernode_availability"}[4m])
        labels:
          slo: supernode_availability
          window: 4m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[4m]) > 1.5
        labels:
          slo: supernode_availability
          window: 4m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[8m]) - sum_over_time(slo:slice:good{slo="supernode_availability"}[8m])
        labels:
          slo: supernode_availability
          window: 8m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[8m]) > 3.5
        labels:
          slo: supernode_availability
          window: 8m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[24m]) - sum_over_time(slo:slice:good{slo="supernode_availability"}[24m])
        labels:
          slo: supernode_availability
          window: 24m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[24m]) > 11.5
        labels:
          slo: supernode_availability
          window: 24m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[1h36m]) - sum_over_time(slo:slice:good{slo="supernode_availability"}[1h36m])
        labels:
          slo: supernode_availability
          window: 1h36m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[1h36m]) > 47.5
        labels:
          slo: supernode_availability
          window: 1h36m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[4h48m]) - sum_over_time(slo:slice:good{slo="supernode_availability"}[4h48m])
        labels:
          slo: supernode_availability
          window: 4h48m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[4h48m]) > 143.5
        labels:
          slo: supernode_availability
          window: 4h48m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[2d]) - sum_over_time(slo:slice:good{slo="supernode_availability"}[2d])
        labels:
          slo: supernode_availability
          window: 2d
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="supernode_availability"}[2d]) > 59.5
        labels:
          slo: supernode_availability
          window: 2d
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[2m]) - sum_over_time(slo:slice:good{slo="data_freshness"}[2m])
        labels:
          slo: data_freshness
          window: 2m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[2m]) > 0.5
        labels:
          slo: data_freshness
          window: 2m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[4m]) - sum_over_time(slo:slice:good{slo="data_freshness"}[4m])
        labels:
          slo: data_freshness
          window: 4m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[4m]) > 1.5
        labels:
          slo: data_freshness
          window: 4m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[8m]) - sum_over_time(slo:slice:good{slo="data_freshness"}[8m])
        labels:
          slo: data_freshness
          window: 8m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[8m]) > 3.5
        labels:
          slo: data_freshness
          window: 8m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[24m]) - sum_over_time(slo:slice:good{slo="data_freshness"}[24m])
        labels:
          slo: data_freshness
          window: 24m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[24m]) > 11.5
        labels:
          slo: data_freshness
          window: 24m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[1h36m]) - sum_over_time(slo:slice:good{slo="data_freshness"}[1h36m])
        labels:
          slo: data_freshness
          window: 1h36m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[1h36m]) > 47.5
        labels:
          slo: data_freshness
          window: 1h36m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[4h48m]) - sum_over_time(slo:slice:good{slo="data_freshness"}[4h48m])
        labels:
          slo: data_freshness
          window: 4h48m
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[4h48m]) > 143.5
        labels:
          slo: data_freshness
          window: 4h48m
      - record: slo:bad:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[2d]) - sum_over_time(slo:slice:good{slo="data_freshness"}[2d])
        labels:
          slo: data_freshness
          window: 2d
      - record: slo:total:count
        expr: count_over_time(slo:slice:good{slo="data_freshness"}[2d]) > 59.5
        labels:
          slo: data_freshness
          window: 2d
      - record: slo:bad:count
        expr: clamp_min(sum by (federation) (increase(fl_phase_duration_seconds_count{phase="train"}[30m])) - sum by (federation) (increase(fl_phase_duration_seconds_bucket{phase="train", le="600.0"}[30m])), 0)
        labels:
          slo: round_time
          window: 30m
      - record: slo:total:count
        expr: sum by (federation) (increase(fl_phase_duration_seconds_count{phase="train"}[30m])) > 0.5
        labels:
          slo: round_time
          window: 30m
      - record: slo:bad:count
        expr: clamp_min(sum by (federation) (increase(fl_phase_duration_seconds_count{phase="train"}[1h])) - sum by (federation) (increase(fl_phase_duration_seconds_bucket{phase="train", le="600.0"}[1h])), 0)
        labels:
          slo: round_time
          window: 1h
      - record: slo:total:count
        expr: sum by (federation) (increase(fl_phase_duration_seconds_count{phase="train"}[1h])) > 9.5
        labels:
          slo: round_time
          window: 1h
      - record: slo:bad:count
        expr: clamp_min(sum by (federation) (increase(fl_phase_duration_seconds_count{phase="train"}[1h36m])) - sum by (federation) (increase(fl_phase_duration_seconds_bucket{phase="train", le="600.0"}[1h36m])), 0)
        labels:
          slo: round_time
          window: 1h36m
      - record: slo:total:count
        expr: sum by (federation) (increase(fl_phase_duration_seconds_count{phase="train"}[1h36m])) > 9.5
        labels:
          slo: round_time
          window: 1h36m
      - record: slo:bad:count
        expr: clamp_min(sum by (federation) (increase(fl_phase_duration_seconds_count{phase="train"}[4h48m])) - sum by (federation) (increase(fl_phase_duration_seconds_bucket{phase="train", le="600.0"}[4h48m])), 0)
        labels:
          slo: round_time
          window: 4h48m
      - record: slo:total:count
        expr: sum by (federation) (increase(fl_phase_duration_seconds_count{phase="train"}[4h48m])) > 9.5
        labels:
          slo: round_time
          window: 4h48m
      - record: slo:bad:count
        expr: clamp_min(sum by (federation) (increase(fl_phase_duration_seconds_count{phase="train"}[2d])) - sum by (federation) (increase(fl_phase_duration_seconds_bucket{phase="train", le="600.0"}[2d])), 0)
        labels:
          slo: round_time
          window: 2d
      - record: slo:total:count
        expr: sum by (federation) (increase(fl_phase_duration_seconds_count{phase="train"}[2d])) > 9.5
        labels:
          slo: round_time
          window: 2d
      - record: slo:bad:count
        expr: sum by (federation) (increase(fl_clients_failed_total[30m]))
        labels:
          slo: round_participation
          window: 30m
      - record: slo:total:count
        expr: |-
          sum by (federation) (
              increase(fl_client_duration_seconds_count[30m])
            or increase(fl_clients_failed_total[30m])
          ) > 0.5
        labels:
          slo: round_participation
          window: 30m
      - record: slo:bad:count
        expr: sum by (federation) (increase(fl_clients_failed_total[1h]))
        labels:
          slo: round_participation
          window: 1h
      - record: slo:total:count
        expr: |-
          sum by (federation) (
              increase(fl_client_duration_seconds_count[1h])
            or increase(fl_clients_failed_total[1h])
          ) > 19.5
        labels:
          slo: round_participation
          window: 1h
      - record: slo:bad:count
        expr: sum by (federation) (increase(fl_clients_failed_total[1h36m]))
        labels:
          slo: round_participation
          window: 1h36m
      - record: slo:total:count
        expr: |-
          sum by (federation) (
              increase(fl_client_duration_seconds_count[1h36m])
            or increase(fl_clients_failed_total[1h36m])
          ) > 19.5
        labels:
          slo: round_participation
          window: 1h36m
      - record: slo:bad:count
        expr: sum by (federation) (increase(fl_clients_failed_total[4h48m]))
        labels:
          slo: round_participation
          window: 4h48m
      - record: slo:total:count
        expr: |-
          sum by (federation) (
              increase(fl_client_duration_seconds_count[4h48m])
            or increase(fl_clients_failed_total[4h48m])
          ) > 19.5
        labels:
          slo: round_participation
          window: 4h48m
      - record: slo:bad:count
        expr: sum by (federation) (increase(fl_clients_failed_total[2d]))
        labels:
          slo: round_participation
          window: 2d
      - record: slo:total:count
        expr: |-
          sum by (federation) (
              increase(fl_client_duration_seconds_count[2d])
            or increase(fl_clients_failed_total[2d])
          ) > 19.5
        labels:
          slo: round_participation
          window: 2d
      - record: slo:sli:ratio
        expr: 1 - slo:bad:count / slo:total:count
      - record: slo:objective:ratio
        expr: vector(0.95)
        labels:
          federation: demo
          slo: training_success_rate
          window: 1d
          job: flower
      - record: slo:objective:ratio
        expr: vector(0.99)
        labels:
          federation: demo
          slo: run_progress
          window: 2d
          job: flower
      - record: slo:objective:ratio
        expr: vector(0.8)
        labels:
          federation: demo
          slo: client_participation
          window: 1h
          job: flower
      - record: slo:objective:ratio
        expr: vector(0.99)
        labels:
          federation: demo
          slo: supernode_availability
          window: 2d
          job: flower
      - record: slo:objective:ratio
        expr: vector(0.99)
        labels:
          federation: demo
          slo: data_freshness
          window: 2d
          job: flower
      - record: slo:objective:ratio
        expr: vector(0.95)
        labels:
          federation: demo
          slo: round_time
          window: 2d
          job: flower
      - record: slo:objective:ratio
        expr: vector(0.95)
        labels:
          federation: demo
          slo: round_participation
          window: 2d
          job: flower
      - record: slo:burn:rate
        expr: |2-
            (1 - slo:sli:ratio)
              / on (federation, slo) group_left ()
            (1 - slo:objective:ratio)
      - record: slo:error_budget:remaining
        expr: 1 - slo:bad:count{slo="training_success_rate", window="1d"} / (slo:total:count{slo="training_success_rate", window="1d"} * 0.05)
        labels:
          slo: training_success_rate
          window: 1d
      - record: slo:error_budget:remaining
        expr: 1 - slo:bad:count{slo="run_progress", window="2d"} / 28.8
        labels:
          slo: run_progress
          window: 2d
      - record: slo:error_budget:remaining
        expr: 1 - slo:bad:count{slo="client_participation", window="1h"} / 12
        labels:
          slo: client_participation
          window: 1h
      - record: slo:error_budget:remaining
        expr: 1 - slo:bad:count{slo="supernode_availability", window="2d"} / 28.8
        labels:
          slo: supernode_availability
          window: 2d
      - record: slo:error_budget:remaining
        expr: 1 - slo:bad:count{slo="data_freshness", window="2d"} / 28.8
        labels:
          slo: data_freshness
          window: 2d
      - record: slo:error_budget:remaining
        expr: 1 - slo:bad:count{slo="round_time", window="2d"} / (slo:total:count{slo="round_time", window="2d"} * 0.05)
        labels:
          slo: round_time
          window: 2d
      - record: slo:error_budget:remaining
        expr: 1 - slo:bad:count{slo="round_participation", window="2d"} / (slo:total:count{slo="round_participation", window="2d"} * 0.05)
        labels:
          slo: round_participation
          window: 2d
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
          label_replace(max by (federation, node_id, name, location) (
            last_over_time(fl_supernode_up[2m]) == 0
              and last_over_time(fl_supernode_heartbeat_age_seconds[2m])
              and on (instance) last_over_time(fl_supernodes{status="offline"}[2m]) > 0
          ), "host", "$1", "name", "(.*)")
          * on (federation, host) group_left (site) host:site:info
        for: 30s
        labels:
          severity: critical
        annotations:
          summary: SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} is offline
          description: "The SuperLink has no heartbeat from SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} (node id {{ $labels.node_id }}{{ if $labels.location }}, location {{ $labels.location }}{{ end }}). Runs that need it wait without a limit. Likely: its process or host is down, or its network to the SuperLink is cut."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#supernodeoffline
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-federation
      - alert: SuperNodeInterrupted
        expr: |-
          label_replace(max by (federation, node_id, name, location) (last_over_time(fl_supernode_up{name!=""}[2m])) == 1
            and max by (federation, node_id, name, location) (max_over_time((fl_supernode_heartbeat_age_seconds > 35 and fl_supernode_up == 1)[10m:15s]))
            and (0 < 15 * max by (federation, node_id, name, location) (sum_over_time((fl_supernode_up == bool 0)[10m:15s]))) <= 30, "host", "$1", "name", "(.*)")
          * on (federation, host) group_left (site) host:site:info
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} was lost for a moment and is back
          description: "SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} (node id {{ $labels.node_id }}) missed heartbeats until Flower gave it up, and is online again. What it was working on is lost. Likely: its process crashed, and was refused at its restart until its last heartbeat had run out; or its network was cut for a minute."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#supernodeinterrupted
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-clients
      - alert: SuperNodeFlapping
        expr: |-
          label_replace(max by (federation, node_id, name, location) (changes(fl_supernode_up[1h])) >= 6, "host", "$1", "name", "(.*)")
          * on (federation, host) group_left (site) host:site:info
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} comes and goes
          description: "SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} (node id {{ $labels.node_id }}) went offline or came back {{ $value }} times in 1h. Each time what it was working on is lost. Likely: its process is killed and started again (memory), its host sleeps, or its network is unstable."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#supernodeflapping
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-clients
      - alert: SuperNodeZombie
        expr: |-
          label_replace((
            sum by (federation, node_id, name, location) (last_over_time(fl_supernode_failures_total{cause=~"timeout|message_lost"}[2m])) - (
              sum by (federation, node_id, name, location) (last_over_time(fl_supernode_failures_total{cause=~"timeout|message_lost"}[3h] offset 3h))
              or (0 * sum by (federation, node_id, name, location) (last_over_time(fl_supernode_failures_total{cause=~"timeout|message_lost"}[2m])) and on (federation) last_over_time(fl_exporter_start_time_seconds[3h] offset 3h))
              or sum by (federation, node_id, name, location) (min_over_time(fl_supernode_failures_total{cause=~"timeout|message_lost"}[3h]))
            )
          ) >= 2
            unless (
            sum by (federation, node_id, name, location) (last_over_time(fl_supernode_replies_total[2m])) - (
              sum by (federation, node_id, name, location) (last_over_time(fl_supernode_replies_total[3h] offset 3h))
              or (0 * sum by (federation, node_id, name, location) (last_over_time(fl_supernode_replies_total[2m])) and on (federation) last_over_time(fl_exporter_start_time_seconds[3h] offset 3h))
              or sum by (federation, node_id, name, location) (min_over_time(fl_supernode_replies_total[3h]))
            )
          ) > 0
            unless on (federation) max_over_time(fl_run_source{source="logs"}[3h])
            and max by (federation, node_id, name, location) (last_over_time(fl_supernode_up[2m])) == 1, "host", "$1", "name", "(.*)")
          * on (federation, host) group_left (site) host:site:info
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} is online and does not answer
          description: "SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} (node id {{ $labels.node_id }}) sends heartbeats, and none of the {{ $value }} answers that rounds waited for in 3h came. Rounds wait for it until their time is up. Likely: its ClientApp hangs (a data mount, a GPU, a lock), or its SuperExec is gone."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#supernodezombie
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-clients
      - alert: SuperNodeFailing
        expr: |-
          label_replace((
            sum by (federation, node_id, name, location) (last_over_time(fl_supernode_failures_total{cause!~"timeout|message_lost|node_gone|crashed|unknown"}[2m])) - (
              sum by (federation, node_id, name, location) (last_over_time(fl_supernode_failures_total{cause!~"timeout|message_lost|node_gone|crashed|unknown"}[1h] offset 1h))
              or (0 * sum by (federation, node_id, name, location) (last_over_time(fl_supernode_failures_total{cause!~"timeout|message_lost|node_gone|crashed|unknown"}[2m])) and on (federation) last_over_time(fl_exporter_start_time_seconds[1h] offset 1h))
              or sum by (federation, node_id, name, location) (min_over_time(fl_supernode_failures_total{cause!~"timeout|message_lost|node_gone|crashed|unknown"}[1h]))
            )
          ) >= 3
            unless (
            sum by (federation, node_id, name, location) (last_over_time(fl_supernode_replies_total[2m])) - (
              sum by (federation, node_id, name, location) (last_over_time(fl_supernode_replies_total[1h] offset 1h))
              or (0 * sum by (federation, node_id, name, location) (last_over_time(fl_supernode_replies_total[2m])) and on (federation) last_over_time(fl_exporter_start_time_seconds[1h] offset 1h))
              or sum by (federation, node_id, name, location) (min_over_time(fl_supernode_replies_total[1h]))
            )
          ) > 0
            unless on (federation) max_over_time(fl_run_source{source="logs"}[1h])
            and max by (federation, node_id, name, location) (last_over_time(fl_supernode_up[2m])) == 1, "host", "$1", "name", "(.*)")
          * on (federation, host) group_left (site) host:site:info
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: All work of SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} fails
          description: "SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} (node id {{ $labels.node_id }}) answered {{ $value }} times with an error in 1h, and never well. Rounds go on without it. Likely: its data or its environment differ from the other sites': a missing file, a package, a GPU."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#supernodefailing
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-clients
      - alert: ClientAppCrashing
        expr: |-
          label_replace((
            sum by (federation, node_id, name, location) (last_over_time(fl_supernode_failures_total{cause="crashed"}[2m])) - (
              sum by (federation, node_id, name, location) (last_over_time(fl_supernode_failures_total{cause="crashed"}[1h] offset 1h))
              or (0 * sum by (federation, node_id, name, location) (last_over_time(fl_supernode_failures_total{cause="crashed"}[2m])) and on (federation) last_over_time(fl_exporter_start_time_seconds[1h] offset 1h))
              or sum by (federation, node_id, name, location) (min_over_time(fl_supernode_failures_total{cause="crashed"}[1h]))
            )
          ) >= 2, "host", "$1", "name", "(.*)")
          * on (federation, host) group_left (site) host:site:info
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: ClientApps on {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} are killed
          description: "On SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} (node id {{ $labels.node_id }}) {{ $value }} ClientApps ended in 1h without an answer; each costs its round about 50 s. Likely: the kernel or a memory limit kills them, or a library crashes."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#clientappcrashing
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-clients
      - alert: SuperNodeGatesRounds
        expr: |-
          label_replace(max by (federation, node_id, name, location) (last_over_time(fl_supernode_reply_seconds{phase="train"}[2m])) > on (federation) group_left () (3 * max by (federation) (federation:fl_supernode_reply_seconds:median{phase="train"}))
            and max by (federation, node_id, name, location) (last_over_time(fl_supernode_reply_seconds{phase="train"}[2m])) > on (federation) group_left () (60 + max by (federation) (federation:fl_supernode_reply_seconds:median{phase="train"}))
            and on (federation) count by (federation) (max by (federation, node_id, name, location) (last_over_time(fl_supernode_reply_seconds{phase="train"}[2m]))) >= 3
            and on (federation) count by (federation) (max by (federation, run_id) (last_over_time(fl_training_status{run_id!=""}[2m])) == 1) == 1
            and (
            sum by (federation, node_id, name, location) (last_over_time(fl_supernode_replies_total{phase="train"}[2m])) - (
              sum by (federation, node_id, name, location) (last_over_time(fl_supernode_replies_total{phase="train"}[2h] offset 2h))
              or (0 * sum by (federation, node_id, name, location) (last_over_time(fl_supernode_replies_total{phase="train"}[2m])) and on (federation) last_over_time(fl_exporter_start_time_seconds[2h] offset 2h))
              or sum by (federation, node_id, name, location) (min_over_time(fl_supernode_replies_total{phase="train"}[2h]))
            )
          ) > 0, "host", "$1", "name", "(.*)")
          * on (federation, host) group_left (site) host:site:info
        for: 15m
        labels:
          severity: warning
        annotations:
          summary: Rounds wait for SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }}
          description: "SuperNode {{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }} (node id {{ $labels.node_id }}) took {{ $value | humanizeDuration }} for its last training, over 3 times as long as the federation's median. A round is as long as its slowest client. Likely: a slower or throttled GPU, no GPU at all, more data, or a slow link."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#supernodegatesrounds
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-stragglers
  - name: runs
    rules:
      - alert: FLTrainingStalled
        expr: |-
          (
            max by (federation, run_id, cause) (last_over_time(fl_run_stalled{cause=~"no_reply|no_progress"}[2m])) == 1
              and on (federation, run_id) (
                max by (federation, run_id) (last_over_time(fl_run_idle_seconds[2m])) > on (federation, run_id) (5 * run:fl_round_duration_seconds:mean)
                or (max by (federation, run_id) (last_over_time(fl_run_idle_seconds[2m])) > 3900 unless on (federation, run_id) run:fl_round_duration_seconds:mean)
              )
            or
            max by (federation, run_id, cause) (last_over_time(fl_run_stalled{cause=~"too_few_nodes"}[2m])) == 1
              unless on (federation, run_id) (max by (federation, run_id) (last_over_time(fl_run_nodes_wanted[2m])) - max by (federation, run_id) (last_over_time(fl_run_nodes_present[2m]))) <= on (federation) group_left () federation:fl_supernodes:lost
          )
          * on (federation, run_id) group_left () max by (federation, run_id) (last_over_time(fl_run_idle_seconds[2m]))
        for: 5m
        labels:
          severity: critical
        annotations:
          summary: "Training of run {{ $labels.run_id }} has stalled: {{ $labels.cause }}"
          description: "Nothing has happened in run {{ $labels.run_id }} for {{ $value | humanizeDuration }}. Cause: {{ $labels.cause }} (too_few_nodes: fewer SuperNodes are online than it wants; no_reply: clients have not answered; no_progress: the ServerApp itself is at something else, or hangs)."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#fltrainingstalled
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-run-explorer?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
      - alert: FLTrainingNotStarted
        expr: |-
          max by (federation, run_id) (last_over_time(fl_training_status{run_id!=""}[2m])) == 0
            unless on (federation, run_id) max by (federation, run_id) (last_over_time(fl_run_end_time_seconds[2m]))
        for: 15m
        labels:
          severity: warning
        annotations:
          summary: Run {{ $labels.run_id }} does not start
          description: "Run {{ $labels.run_id }} was submitted over 15m ago and is not running (status {{ $value }}). Likely: no SuperExec takes it up (with --isolation process one has to be started), or what the app depends on is still being installed."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#fltrainingnotstarted
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-run-explorer?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
      - alert: TrainingJobStuck
        expr: |-
          (
            max by (federation, run_id) (last_over_time(fl_round_current[2m])) == max by (federation, run_id) (last_over_time(fl_round_current[2m] offset 1h))
              and on (federation, run_id) 3 * (time() - max by (federation, run_id) (last_over_time(fl_run_start_time_seconds[2m])) - 3600)
                < on (federation, run_id) 3600 * (max by (federation, run_id) (last_over_time(fl_round_current[2m])) - 1)
            or
            max by (federation, run_id) (last_over_time(fl_round_current[2m])) == max by (federation, run_id) (last_over_time(fl_round_current[2m] offset 3h)) <= 1
          )
            and on (federation, run_id) max by (federation, run_id) (last_over_time(fl_training_status{run_id!=""}[2m])) == 1
            and on (federation) max by (federation) (last_over_time(fl_exporter_up_to_date_seconds[2m])) < 60
            unless on (federation, run_id) max by (federation, run_id) (last_over_time(fl_run_waiting_for_nodes[2m])) == 1
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: Run {{ $labels.run_id }} is stuck in round {{ $value }}
          description: "Run {{ $labels.run_id }} is in round {{ $value }} for over 1h, in which it would have ended 3 at its pace so far (a first round: for over 3h). Likely: clients fail and the app begins the round again, a client hangs, or the ServerApp works at something that does not end."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#trainingjobstuck
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-run-explorer?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
      - alert: RunWaitingForNodes
        expr: |-
          (
            max by (federation, run_id) (last_over_time(fl_run_nodes_present[2m]))
              and on (federation, run_id) max by (federation, run_id) (last_over_time(fl_run_waiting_for_nodes[2m])) == 1
          )
          * on (federation, run_id) group_left (wanted)
            count_values by (federation, run_id) ("wanted", max by (federation, run_id) (last_over_time(fl_run_nodes_wanted[2m])))
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: "Run {{ $labels.run_id }} waits for SuperNodes: {{ $value }} of {{ $labels.wanted }} are online"
          description: "Run {{ $labels.run_id }} needs {{ $labels.wanted }} SuperNodes for its next round and {{ $value }} are online. Flower waits without a limit. Likely: SuperNodes are stopped or not registered, or the app's min_available_nodes is higher than what the federation has."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#runwaitingfornodes
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-run-explorer?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
      - alert: RoundOverdue
        expr: |-
          max by (federation, run_id) (last_over_time(fl_run_idle_seconds[2m]))
              > on (federation, run_id) (60 + 3 * run:fl_round_duration_seconds:mean)
            and on (federation, run_id) sum by (federation, run_id) (last_over_time(fl_round_duration_seconds_count[2m])) >= 3
            unless on (federation, run_id) max by (federation, run_id) (last_over_time(fl_run_waiting_for_nodes[2m])) == 1
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: A round of run {{ $labels.run_id }} is overdue
          description: "Nothing has been heard of run {{ $labels.run_id }} for {{ $value | humanizeDuration }}, over 3 times what its rounds take. Likely: a client that hangs or is much slower than before; the round waits for it until the strategy's timeout."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#roundoverdue
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-fl-training?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
      - alert: ServerAppLost
        expr: |-
          max by (federation, run_id, cause) (last_over_time(fl_run_failed{cause="serverapp_lost"}[2m]))
            * on (federation, run_id) group_left (app) max by (federation, run_id, app) (last_over_time(fl_run_info[2m]))
        for: 30s
        labels:
          severity: critical
        annotations:
          summary: The ServerApp of run {{ $labels.run_id }}{{ if $labels.app }} of {{ $labels.app }}{{ end }} is lost
          description: "Run {{ $labels.run_id }}{{ if $labels.app }} of {{ $labels.app }}{{ end }} failed since its ServerApp sent no heartbeats any more ({{ $labels.cause }}). What it had trained since its last checkpoint is lost. Likely: the process was killed (memory), or the SuperLink or its host was started again."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#serverapplost
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-run-explorer?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
      - alert: RunFailed
        expr: |-
          max by (federation, run_id, cause) (last_over_time(fl_run_failed{cause!="serverapp_lost"}[2m]))
            * on (federation, run_id) group_left (app) max by (federation, run_id, app) (last_over_time(fl_run_info[2m]))
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: Run {{ $labels.run_id }}{{ if $labels.app }} of {{ $labels.app }}{{ end }} failed
          description: "Run {{ $labels.run_id }}{{ if $labels.app }} of {{ $labels.app }}{{ end }} has ended as failed ({{ $labels.cause }}). Likely: an exception in the ServerApp, or what the app depends on could not be installed. Its log has the reason."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#runfailed
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-run-explorer?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
  - name: clients
    rules:
      - alert: FLExcessiveClientDropout
        expr: |-
          (max by (federation, run_id) (last_over_time(fl_clients_selected[2m])) - on (federation) group_left () max by (federation) (last_over_time(fl_clients_connected[2m])))
              / max by (federation, run_id) (last_over_time(fl_clients_selected[2m])) > 0.5
            and on (federation, run_id) max by (federation, run_id) (last_over_time(fl_training_status{run_id!=""}[2m])) == 1
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: "{{ $value | humanizePercentage }} of the clients of run {{ $labels.run_id }} have dropped out"
          description: "Run {{ $labels.run_id }} selected clients for its round of which {{ $value | humanizePercentage }} are not online any more: the round's average stands for the others alone. Likely: a site or the network between sites and SuperLink is down, or SuperNodes were stopped."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#flexcessiveclientdropout
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-clients?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
      - alert: ClientDropout
        expr: max by (federation) (last_over_time(fl_clients_connected[2m])) < 0.5 * max by (federation) (quantile_over_time(0.5, fl_clients_connected[6h]))
        for: 10m
        labels:
          severity: warning
        annotations:
          summary: Only {{ $value }} SuperNodes of {{ $labels.federation }} are online
          description: "{{ $value }} SuperNodes are online in federation {{ $labels.federation }}, under 50 % of what was usual in the last 6h. Likely: sites were switched off, the network to them is cut, or SuperNodes were stopped in order, which no other alert tells."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#clientdropout
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-clients
      - alert: FLClientFailureRate
        expr: |-
          sum by (federation) (increase(fl_clients_failed_total[30m])) >= 5
            and on (federation) (
              federation:fl_client_failures:ratio30m
                  > 0.25
                unless on (federation) max_over_time(fl_run_source{source="logs"}[30m])
              or
              sum by (federation) (increase(fl_clients_failed_total[30m])) > sum by (federation) (increase(fl_rounds_completed_total[30m]))
                and on (federation) max_over_time(fl_run_source{source="logs"}[30m])
            )
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: Clients of {{ $labels.federation }} fail often
          description: '{{ printf "%.0f" $value }} failures of clients in federation {{ $labels.federation }} within 30 minutes, over 25 % of all that were asked (of runs without the hook: one and more in each round). Likely: one site whose ClientApp always fails, or a new version of the app.'
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#flclientfailurerate
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-clients
      - alert: MessagesExpired
        expr: |-
          (
            sum by (federation, run_id) (last_over_time(fl_run_clients_failed_total{cause="message_lost"}[2m])) - (
              sum by (federation, run_id) (last_over_time(fl_run_clients_failed_total{cause="message_lost"}[1h] offset 1h))
              or (0 * sum by (federation, run_id) (last_over_time(fl_run_clients_failed_total{cause="message_lost"}[2m])) and on (federation) last_over_time(fl_exporter_start_time_seconds[1h] offset 1h))
              or sum by (federation, run_id) (min_over_time(fl_run_clients_failed_total{cause="message_lost"}[1h]))
            )
          ) > 0
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: Messages of run {{ $labels.run_id }} expired
          description: "{{ $value }} messages of run {{ $labels.run_id }}, or their replies, were gone before the client had answered: their time to live was over. Likely: the app gives its messages less time than clients need, or a client waits behind another run for its turn."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#messagesexpired
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-run-explorer?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
  - name: quality
    rules:
      - alert: LossNotFalling
        expr: |-
          (
            min by (federation, run_id, strategy) (min_over_time(fl_aggregated_loss[1h])) >= min by (federation, run_id, strategy) (min_over_time(fl_aggregated_loss[1h] offset 1h))
              and max by (federation, run_id, strategy) (last_over_time(fl_round_current[2m]))
                - max by (federation, run_id, strategy) (last_over_time(fl_round_current[2m] offset 1h)) >= 10
            or
            min by (federation, run_id, strategy) (min_over_time(fl_aggregated_loss[12h])) >= min by (federation, run_id, strategy) (min_over_time(fl_aggregated_loss[12h] offset 12h))
              and max by (federation, run_id, strategy) (last_over_time(fl_round_current[2m]))
                - max by (federation, run_id, strategy) (last_over_time(fl_round_current[2m] offset 12h)) >= 10
          )
            and on (federation, run_id) max by (federation, run_id) (last_over_time(fl_training_status{run_id!=""}[2m])) == 1
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: The loss of run {{ $labels.run_id }} does not fall any more
          description: In the last 1h (or 12h) and at least 10 rounds the best loss of run {{ $labels.run_id }} was {{ printf "%.3g" $value }}, no better than before. Either it has converged, and more rounds are for nothing; or the learning rate is too high, or the clients' data pull apart.
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#lossnotfalling
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-fl-training?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
      - alert: LossNaN
        expr: count by (federation, run_id) (last_over_time(fl_app_metric{name=~"(?i).*loss"}[2m]) != last_over_time(fl_app_metric{name=~"(?i).*loss"}[2m]))
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: The loss of run {{ $labels.run_id }} is not a number
          description: "{{ $value }} losses of run {{ $labels.run_id }} are NaN or infinite in its last round. What it trains from here on is for nothing, since averages keep NaN. Likely: a learning rate that is too high, a client with broken data, or numbers too large for half precision."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#lossnan
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-fl-training?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
      - alert: AccuracyDrop
        expr: |-
          max by (federation, run_id, strategy) (max_over_time(fl_aggregated_accuracy[15m])) < 0.8 * max by (federation, run_id, strategy) (max_over_time(fl_aggregated_accuracy[6h]))
            and on (federation, run_id) max by (federation, run_id) (last_over_time(fl_training_status{run_id!=""}[2m])) == 1
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: The accuracy of run {{ $labels.run_id }} has dropped
          description: 'The best accuracy of run {{ $labels.run_id }} in the last 15m is {{ printf "%.3g" $value }}, over 20 % below its best in 6h. Likely: clients with other data joined or left, a client sends broken updates, or the learning rate is too high.'
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#accuracydrop
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-fl-training?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
      - alert: CheckpointOverdue
        expr: |-
          time() - max by (federation, run_id) (last_over_time(fl_checkpoint_time_seconds[2m])) > 600
            and on (federation, run_id) (time() - max by (federation, run_id) (last_over_time(fl_checkpoint_time_seconds[2m])))
              > on (federation, run_id) 3 * (max by (federation, run_id) (last_over_time(fl_checkpoint_time_seconds[2m])) - on (federation, run_id) clamp_min(max by (federation, run_id) (last_over_time(fl_run_start_time_seconds[2m])), time() - 86400))
                / on (federation, run_id) (max by (federation, run_id) (changes(fl_checkpoint_time_seconds[1d])) + 1)
            and on (federation, run_id) max by (federation, run_id) (changes(fl_checkpoint_time_seconds[1d])) >= 2
            and on (federation, run_id) max by (federation, run_id) (last_over_time(fl_training_status{run_id!=""}[2m])) == 1
            and on (federation) max by (federation) (last_over_time(fl_exporter_up_to_date_seconds[2m])) < 60
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: A checkpoint of run {{ $labels.run_id }} is overdue
          description: "The last checkpoint of run {{ $labels.run_id }} is {{ $value | humanizeDuration }} old, over 3 times its usual interval: what is trained since is lost when the run fails. Likely: the disk of the SuperLink's host is full or gone, or the rounds have become slower."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#checkpointoverdue
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-run-explorer?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
      - alert: ModelBytesJump
        expr: |-
          max by (federation, run_id) (last_over_time(fl_model_bytes[2m]))
            * on (federation, run_id) group_left (app) max by (federation, run_id, app) (last_over_time(fl_run_info{app!=""}[2m]))
            / on (federation, app) group_left ()
              max_over_time(app:fl_model_bytes:max[7d] offset 1h)
            > 2
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: The model of run {{ $labels.run_id }} is {{ printf "%.3g" $value }} times as large as before
          description: "Run {{ $labels.run_id }} of {{ $labels.app }} sends {{ printf \"%.3g\" $value }} times the bytes of the app's largest model in 7d to each client, in each round. Likely: another model or number format by intent, or the optimizer's state is sent along. Traffic and memory of every site grow with it."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#modelbytesjump
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-run-explorer?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
  - name: flower-exporter
    rules:
      - alert: FlowerExporterBlind
        expr: max by (federation) (max_over_time(fl_exporter_up_to_date_seconds[2m])) > 60
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: The SuperLink of {{ $labels.federation }} does not answer
          description: "The Flower exporter has had no answer from the SuperLink of federation {{ $labels.federation }} for {{ $value | humanizeDuration }}; what is shown of SuperNodes and runs is that old. Likely: the SuperLink is down or hangs, and training with it; or its certificate or address has changed."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#flowerexporterblind
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-federation
      - alert: FlowerExporterReplaying
        expr: |-
          max by (federation) (last_over_time(fl_exporter_replayed[2m])) == 0
            and on (federation) max by (federation) (last_over_time(fl_exporter_up_to_date_seconds[2m])) < 60
        for: 15m
        labels:
          severity: warning
        annotations:
          summary: The Flower exporter of {{ $labels.federation }} is still reading old runs
          description: "The Flower exporter of federation {{ $labels.federation }} has not read every run of the SuperLink yet (fl_exporter_replayed is {{ $value }}). Until then its counters over all runs are missing, and alerts on failures of clients are silent. Likely: thousands of runs, a slow SuperLink, or a run that cannot be read."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#flowerexporterreplaying
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-system
      - alert: FlowerExporterSeriesDropped
        expr: max by (federation, kind) (last_over_time(fl_exporter_series_dropped[2m])) > 0
        for: 10m
        labels:
          severity: warning
        annotations:
          summary: "{{ $value }} of kind {{ $labels.kind }} have no series"
          description: "The Flower exporter of federation {{ $labels.federation }} has reached a limit: {{ $value }} of kind {{ $labels.kind }} (supernode, run or app_metric) have no series of their own, so no alert tells of them. Likely: a larger federation than the limit was made for, or an app with a metric for each client."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#flowerexporterseriesdropped
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-system
      - alert: FlowerVersionUntested
        expr: |-
          group by (federation, host, version) (
            last_over_time(flower_monitoring_flower_info{version!~"1\\.(40|41|42)\\..*|"}[2m])
            or
            label_replace(
              last_over_time(fl_exporter_build_info{flower_version!~"1\\.(40|41|42)\\..*|"}[2m]),
              "version", "$1", "flower_version", "(.*)"
            )
          )
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: Flower {{ $labels.version }} on {{ $labels.host }} is not a tested version
          description: "Host {{ $labels.host }} has Flower {{ $labels.version }}; 1.40 to 1.42 are tested. Training is not touched by that. Metrics may be missing, and Flower itself asks for like versions of SuperLink and SuperNodes. Likely: an upgrade of Flower before one of this program."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#flowerversionuntested
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-system
      - alert: HookMissing
        expr: |-
          (
            max by (federation, run_id, source) (last_over_time(fl_run_source{source="logs"}[2m])) == 1
            or
            max by (federation, run_id, source) (last_over_time(fl_run_source{source="none"}[2m])) == 1
              and on (federation, run_id) time() - max by (federation, run_id) (last_over_time(fl_run_start_time_seconds[2m])) > 3600
          )
            and on (federation, run_id) max by (federation, run_id) (last_over_time(fl_training_status{run_id!=""}[2m])) == 1
            and on (federation) max by (federation) (last_over_time(fl_exporter_up_to_date_seconds[2m])) < 60
        for: 10m
        labels:
          severity: warning
        annotations:
          summary: The hook tells nothing of run {{ $labels.run_id }}
          description: "The hook is deployed on the SuperLink's host, and run {{ $labels.run_id }} is known from {{ $labels.source }} alone: no durations, no bytes, no checkpoints. Likely: its ServerApp runs in another environment than the stack's flower.python, FL_MONITORING_HOOK is off, or the hook was cleaned away."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hookmissing
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-run-explorer?var-run={{ if $labels.run_id }}{{ $labels.run_id | urlquery }}{{ end }}
      - alert: HookNamesMoved
        expr: max by (federation) (max_over_time(fl_hook_names_moved[6h])) > 0
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: The hook does not find {{ $value }} names of Flower's
          description: "In runs of the last 6h the hook did not find {{ $value }} names where Flower had them: some metrics of federation {{ $labels.federation }} are missing. Training is not touched. Likely: a Flower that is newer than this program, or one that was patched."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hooknamesmoved
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-run-explorer
      - alert: HookFailing
        expr: |-
          max by (federation) (max_over_time(fl_hook_errors[6h]))
            + on (federation) max by (federation) (max_over_time(fl_hook_events_dropped[6h])) > 0
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: The hook swallowed errors or dropped events
          description: "In a run of the last 6h the hook of federation {{ $labels.federation }} had {{ $value }} errors and events that it could not send. Metrics of that run are incomplete; training is not touched. Likely: a SuperLink that refuses or delays events, or a fault in the hook."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hookfailing
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-run-explorer
  - name: hosts
    rules:
      - alert: HostDrift
        expr: |-
          flower_monitoring_host_drift{reason!="reload-needed"} > 0
          or
          (flower_monitoring_host_drift > 0 unless on (instance, part) flower_monitoring_host_drift{reason!="reload-needed"})
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
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts
      - alert: HostDown
        expr: |-
          max without (instance, job) (up{role!=""}) == 0
          unless on (federation, host) label_replace(fl_supernode_up == 1, "host", "$1", "name", "(.*)")
        for: 90s
        labels:
          severity: critical
        annotations:
          summary: Host {{ $labels.host }} does not answer
          description: "None of the exporters on {{ $labels.host }} ({{ $labels.role }}) answers Prometheus, so nothing is known of the host and what runs there. Likely: it is off, has crashed or restarts, or the network to it is cut."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostdown
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: HostRebooted
        expr: |-
          last_over_time(node_time_seconds[120s]) - last_over_time(node_boot_time_seconds[120s]) < 900
          and last_over_time(node_boot_time_seconds[120s]) > min_over_time(node_boot_time_seconds[1d:10m]) + 60
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: Host {{ $labels.host }} has restarted {{ $value | humanizeDuration }} ago
          description: "Host {{ $labels.host }} ({{ $labels.role }}) is up for {{ $value | humanizeDuration }} only. What it had computed of a round is lost. Likely: an update, somebody, a kernel panic, or the power."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostrebooted
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: HostClockSkew
        expr: abs(last_over_time(host:clock_skew_seconds:last[120s])) > 2
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: The clock of {{ $labels.host }} is {{ $value | humanizeDuration }} off
          description: "The clock of {{ $labels.host }} and that of the monitoring VM differ by {{ $value | humanizeDuration }}. Times in logs and events no longer fit together, and certificates may count as expired or not yet valid. Likely: no time service runs there, or it reaches no server. When all hosts are told, the monitoring VM's is wrong."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostclockskew
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: HostFactMissing
        expr: |-
          max without (reason) (
            last_over_time(flower_monitoring_fact_missing[120s])
          ) > 0
        for: 10m
        labels:
          severity: warning
        annotations:
          summary: Host {{ $labels.host }} cannot tell {{ $labels.fact }}
          description: "The facts script on {{ $labels.host }} cannot find out {{ $labels.fact }}, so alerts on it would not fire. Likely, for gpus: nvidia-smi fails or hangs, which is a driver in trouble; for a certificate: the file is gone or openssl is."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostfactmissing
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: SystemResourceHigh
        expr: |-
          label_replace(1 - avg without (cpu, mode) (rate(node_cpu_seconds_total{mode="idle",role!="supernode"}[5m])) > 0.9, "resource", "CPU", "", "")
          or
          label_replace(1 - avg_over_time(node_memory_MemAvailable_bytes[5m]) / avg_over_time(node_memory_MemTotal_bytes[5m]) > 0.9, "resource", "memory", "", "")
        for: 15m
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.resource }} of {{ $labels.host }} is {{ $value | humanizePercentage }} used"
          description: "Host {{ $labels.host }} ({{ $labels.role }}) uses {{ $value | humanizePercentage }} of its {{ $labels.resource }}. With little memory left the kernel soon kills processes; with busy CPUs a SuperLink answers late. Likely: another job on the same host, a model that has grown, or more SuperNodes than the host was made for."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#systemresourcehigh
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: HostCpuSaturated
        expr: rate(node_pressure_cpu_waiting_seconds_total[10m]) > 0.8
        for: 30m
        labels:
          severity: warning
        annotations:
          summary: Processes on {{ $labels.host }} wait for a CPU {{ $value | humanizePercentage }} of the time
          description: "In {{ $value | humanizePercentage }} of the time some process on {{ $labels.host }} ({{ $labels.role }}) was ready to run and had no CPU. Training there is slower than it could be. Likely: more workers or threads than cores, several clients on one host, or a job that does not belong there."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostcpusaturated
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: HostMemoryPressure
        expr: rate(node_pressure_memory_stalled_seconds_total[10m]) > 0.1
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: Host {{ $labels.host }} stands still for memory {{ $value | humanizePercentage }} of the time
          description: "In {{ $value | humanizePercentage }} of the time nothing on {{ $labels.host }} got on, because memory had to be freed or read back first. The kernel is close to killing processes. Likely: batch size or data loaders need more than the host has."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostmemorypressure
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: HostOomKill
        expr: round(increase(node_vmstat_oom_kill[15m])) > 0
        for: 30s
        labels:
          severity: warning
        annotations:
          summary: The kernel of {{ $labels.host }} killed {{ $value }} processes for memory
          description: "Within 15m the kernel of {{ $labels.host }} ({{ $labels.role }}) killed {{ $value }} processes, because the host or a container had no memory left. A ClientApp that was killed answers with an error a minute later. Likely: the training needs more memory than there is."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostoomkill
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: HostNetworkErrors
        expr: |-
          (rate(node_network_receive_errs_total[10m]) + rate(node_network_transmit_errs_total[10m])) / (rate(node_network_receive_packets_total[10m]) + rate(node_network_transmit_packets_total[10m])) > 0.01
          and (rate(node_network_receive_errs_total[10m]) + rate(node_network_transmit_errs_total[10m])) > 0.1
        for: 15m
        labels:
          severity: warning
        annotations:
          summary: "{{ $value | humanizePercentage }} of the packets of {{ $labels.device }} on {{ $labels.host }} are broken"
          description: "Interface {{ $labels.device }} of {{ $labels.host }} counts {{ $value | humanizePercentage }} of its packets as errors. Models travel slowly, and the host's rounds end late. Likely: cable, transceiver or switch port, a wrong duplex or MTU, or the driver."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostnetworkerrors
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: HostDiskSlow
        expr: rate(node_pressure_io_stalled_seconds_total[10m]) > 0.5
        for: 15m
        labels:
          severity: warning
        annotations:
          summary: Host {{ $labels.host }} stands still for its disks {{ $value | humanizePercentage }} of the time
          description: "In {{ $value | humanizePercentage }} of the time nothing on {{ $labels.host }} ({{ $labels.role }}) got on, because everything waited for a disk. Likely: training data on a slow or remote disk, a disk that fails, or a backup."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostdiskslow
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: HostDiskFull
        expr: |-
          last_over_time(node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[120s]) / last_over_time(node_filesystem_size_bytes{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[120s]) < 0.05
          and last_over_time(node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[120s]) < 21474836480
          and last_over_time(node_filesystem_readonly{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[120s]) == 0
        for: 5m
        labels:
          severity: critical
        annotations:
          summary: "{{ $labels.mountpoint }} on {{ $labels.host }} has {{ $value | humanizePercentage }} left"
          description: "File system {{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.host }} ({{ $labels.role }}) has {{ $value | humanizePercentage }} left. Checkpoints, the SuperLink's database and logs stop when it is full. Likely: old checkpoints, data sets, container images or logs."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostdiskfull
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: HostDiskWillFill
        expr: |-
          last_over_time(node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[120s]) / last_over_time(node_filesystem_size_bytes{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[120s]) < 0.25
          and predict_linear(node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[6h], 86400) < 0
          and predict_linear(node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[3h], 86400) < 0
          and last_over_time(node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[120s]) < min_over_time(node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[1d] offset 6h)
          and node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"} offset 1d
          and last_over_time(node_filesystem_readonly{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[120s]) == 0
        for: 1h
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.mountpoint }} on {{ $labels.host }} will be full within 24 h"
          description: "File system {{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.host }} has {{ $value | humanizePercentage }} left, less than at any time of the day before, and is full within 24 h if it goes on as in the last six. Likely: checkpoints or logs that nobody removes."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostdiskwillfill
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: HostInodesFull
        expr: |-
          last_over_time(node_filesystem_files_free{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[120s]) / (last_over_time(node_filesystem_files{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[120s]) > 0) < 0.05
          and last_over_time(node_filesystem_readonly{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[120s]) == 0
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.mountpoint }} on {{ $labels.host }} has inodes for few files more"
          description: "File system {{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.host }} has {{ $value | humanizePercentage }} of its inodes left. Then no file can be made, whatever df says. Likely: a data set of small files, a cache, or sessions that nobody removes."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostinodesfull
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: HostReadOnlyFilesystem
        expr: |-
          last_over_time(node_filesystem_readonly{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[120s]) == 1
          and min_over_time(node_filesystem_readonly{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}[1w:1h]) == 0
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: "{{ $labels.mountpoint }} on {{ $labels.host }} can no longer be written"
          description: "File system {{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.host }} ({{ $labels.role }}) has become read-only. Nothing is saved there any more. Likely: the kernel found an error on the disk and stopped writing to it."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostreadonlyfilesystem
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: HostDiskErrors
        expr: last_over_time(node_filesystem_device_error{device_error!="permission denied"}[120s]) == 1
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.mountpoint }} on {{ $labels.host }} does not answer: {{ $labels.device_error }}"
          description: "The kernel of {{ $labels.host }} cannot say how full {{ $labels.mountpoint }} ({{ $labels.device }}) is: {{ $labels.device_error }}. Who reads training data from there hangs or fails. Likely: a server of files that is away, or a disk that fails."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#hostdiskerrors
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: CertificateExpiring
        expr: |-
          last_over_time(flower_monitoring_certificate_expiry_timestamp_seconds[120s]) - time() < 1814400
          and last_over_time(flower_monitoring_certificate_expiry_timestamp_seconds[120s]) - time() >= 259200
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: Certificate {{ $labels.path }} on {{ $labels.host }} expires in {{ $value | humanizeDuration }}
          description: "A certificate in {{ $labels.path }} on {{ $labels.host }} ({{ $labels.role }}) expires in {{ $value | humanizeDuration }}. Then SuperNodes cannot connect, and runs wait without a limit. Likely: it is renewed by hand, or the renewal fails."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#certificateexpiring
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: CertificateExpiringSoon
        expr: |-
          last_over_time(flower_monitoring_certificate_expiry_timestamp_seconds[120s]) - time() < 259200
          and last_over_time(flower_monitoring_certificate_expiry_timestamp_seconds[120s]) - time() >= 0
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: Certificate {{ $labels.path }} on {{ $labels.host }} expires in {{ $value | humanizeDuration }}
          description: "A certificate in {{ $labels.path }} on {{ $labels.host }} ({{ $labels.role }}) expires in {{ $value | humanizeDuration }}, and nobody has renewed it. Then SuperNodes cannot connect, and runs wait without a limit. Likely: the renewal fails."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#certificateexpiringsoon
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
      - alert: CertificateExpired
        expr: time() - last_over_time(flower_monitoring_certificate_expiry_timestamp_seconds[120s]) > 0
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: Certificate {{ $labels.path }} on {{ $labels.host }} has expired
          description: "A certificate in {{ $labels.path }} on {{ $labels.host }} ({{ $labels.role }}) has expired {{ $value | humanizeDuration }} ago. Connections that exist may go on; each new one is refused. Likely: nobody renewed it, or the new one was not put in place."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#certificateexpired
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-hosts?var-host={{ if $labels.host }}{{ $labels.host | urlquery }}{{ end }}
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
        expr: up{job!~"alertmanager|grafana|dcgm|api|mongodb"} == 0
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
  - name: slo
    rules:
      - alert: SLOBudgetBurnsFast
        expr: |-
          max by (federation, slo) (
            (slo:burn:rate{slo=~"training_success_rate", window="6h"} > 6
                and on (federation, slo) slo:burn:rate{slo=~"training_success_rate", window="2h"} > 6
                and on (federation, slo) slo:bad:count{slo=~"training_success_rate", window="6h"} > 1.5)
            or (slo:burn:rate{slo=~"round_participation", window="1h"} > 14.4
                and on (federation, slo) slo:burn:rate{slo=~"round_participation", window="30m"} > 14.4
                and on (federation, slo) slo:bad:count{slo=~"round_participation", window="1h"} > 1.5)
            or (slo:burn:rate{slo=~"round_participation", window="1h"} > 6
                and on (federation, slo) slo:burn:rate{slo=~"round_participation", window="30m"} > 6
                and on (federation, slo) slo:bad:count{slo=~"round_participation", window="1h"} > 1.5)
          )
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: "{{ $labels.slo }}: the error budget burns {{ $value | humanize }} times as fast as it may"
          description: "The promise {{ $labels.slo }} is being broken right now: its error budget burns {{ $value | humanize }} times as fast as it may, and is gone long before its window ends. What is behind it differs by promise: its runbook has a table."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#slobudgetburnsfast
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-slos
      - alert: SLOBudgetBurnsSlowly
        expr: |-
          max by (federation, slo) (
            (slo:burn:rate{slo=~"training_success_rate", window="6h"} > 3
                and on (federation, slo) slo:burn:rate{slo=~"training_success_rate", window="2h"} > 3
                and on (federation, slo) slo:bad:count{slo=~"training_success_rate", window="6h"} > 1.5)
            or (slo:burn:rate{slo=~"training_success_rate", window="1d"} > 1
                and on (federation, slo) slo:burn:rate{slo=~"training_success_rate", window="6h"} > 1
                and on (federation, slo) slo:bad:count{slo=~"training_success_rate", window="1d"} > 1.5)
            or (slo:burn:rate{slo=~"run_progress|supernode_availability|data_freshness", window="4m"} > 14.4
                and on (federation, slo) slo:burn:rate{slo=~"run_progress|supernode_availability|data_freshness", window="2m"} > 14.4
                and on (federation, slo) slo:bad:count{slo=~"run_progress|supernode_availability|data_freshness", window="4m"} > 1.5)
            or (slo:burn:rate{slo=~"run_progress|supernode_availability|data_freshness", window="24m"} > 6
                and on (federation, slo) slo:burn:rate{slo=~"run_progress|supernode_availability|data_freshness", window="2m"} > 6
                and on (federation, slo) slo:bad:count{slo=~"run_progress|supernode_availability|data_freshness", window="24m"} > 1.5)
            or (slo:burn:rate{slo=~"run_progress|supernode_availability|data_freshness", window="1h36m"} > 3
                and on (federation, slo) slo:burn:rate{slo=~"run_progress|supernode_availability|data_freshness", window="8m"} > 3
                and on (federation, slo) slo:bad:count{slo=~"run_progress|supernode_availability|data_freshness", window="1h36m"} > 1.5)
            or (slo:burn:rate{slo=~"run_progress|supernode_availability|data_freshness", window="4h48m"} > 1
                and on (federation, slo) slo:burn:rate{slo=~"run_progress|supernode_availability|data_freshness", window="24m"} > 1
                and on (federation, slo) slo:bad:count{slo=~"run_progress|supernode_availability|data_freshness", window="4h48m"} > 1.5)
            or (slo:burn:rate{slo=~"client_participation", window="15m"} > 3
                and on (federation, slo) slo:burn:rate{slo=~"client_participation", window="5m"} > 3
                and on (federation, slo) slo:bad:count{slo=~"client_participation", window="15m"} > 1.5)
            or (slo:burn:rate{slo=~"client_participation", window="1h"} > 1
                and on (federation, slo) slo:burn:rate{slo=~"client_participation", window="15m"} > 1
                and on (federation, slo) slo:bad:count{slo=~"client_participation", window="1h"} > 1.5)
            or (slo:burn:rate{slo=~"round_time", window="1h"} > 14.4
                and on (federation, slo) slo:burn:rate{slo=~"round_time", window="30m"} > 14.4
                and on (federation, slo) slo:bad:count{slo=~"round_time", window="1h"} > 1.5)
            or (slo:burn:rate{slo=~"round_time", window="1h"} > 6
                and on (federation, slo) slo:burn:rate{slo=~"round_time", window="30m"} > 6
                and on (federation, slo) slo:bad:count{slo=~"round_time", window="1h"} > 1.5)
            or (slo:burn:rate{slo=~"round_time|round_participation", window="1h36m"} > 3
                and on (federation, slo) slo:burn:rate{slo=~"round_time|round_participation", window="30m"} > 3
                and on (federation, slo) slo:bad:count{slo=~"round_time|round_participation", window="1h36m"} > 1.5)
            or (slo:burn:rate{slo=~"round_time|round_participation", window="4h48m"} > 1
                and on (federation, slo) slo:burn:rate{slo=~"round_time|round_participation", window="30m"} > 1
                and on (federation, slo) slo:bad:count{slo=~"round_time|round_participation", window="4h48m"} > 1.5)
          )
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.slo }}: the error budget burns {{ $value | humanize }} times as fast as it may"
          description: "The error budget of the promise {{ $labels.slo }} burns {{ $value | humanize }} times as fast as it may: at this pace the promise is broken at the end of its window. What is behind it differs by promise: its runbook has a table."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#slobudgetburnsslowly
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-slos
      - alert: SLONoData
        expr: |-
          slo:objective:ratio
            unless on (federation, slo)
              max_over_time(slo:data:known[10m])
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.slo }} is not measured"
          description: "Nothing has been known of the promise {{ $labels.slo }} (objective {{ $value | humanizePercentage }}) for 10m: it is neither kept nor broken. Likely: job {{ $labels.job }} does not serve what it is measured by, or is not scraped."
          runbook_url: https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md#slonodata
          dashboard: http://172.31.77.10:3000/d/flower-monitoring-slos
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
