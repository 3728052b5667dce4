set -eu
unset DOCKER_CONTEXT
docker run --rm --interactive --network none --user 0:0 --read-only --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --security-opt no-new-privileges --volume flower-monitoring-alertmanager-config:/etc/alertmanager --entrypoint /bin/sh flower-monitoring-lab/alertmanager:v0.31.1 -s <<'END_f10d734113301f37'
set -eu
cd /etc/alertmanager
umask 022
[ "$(readlink current 2>/dev/null || :)" = releases/59adc6ec99fd ] || rm -rf releases/59adc6ec99fd
mkdir -p releases/59adc6ec99fd targets
mkdir -p releases/59adc6ec99fd
cat > releases/59adc6ec99fd/alertmanager.yml <<'END_e6bc490df298a50f'
templates:
  - "*.tmpl"
route:
  receiver: lab
  group_by:
    - alertname
    - federation
    - severity
  group_wait: 5s
  group_interval: 15s
  repeat_interval: 4h
  routes:
    - matchers:
        - alertname="FlowerMonitoringDeliveryTest"
      receiver: flower-monitoring/nobody
      group_by:
        - alertname
        - receiver
        - test
      group_wait: 0s
      group_interval: 15s
      routes:
        - matchers:
            - receiver="lab"
          receiver: lab
    - matchers:
        - severity="none"
      receiver: flower-monitoring/nobody
inhibit_rules:
  - source_matchers:
      - severity="critical"
      - host!=""
      - alertname!~"Certificate.*|HostDiskFull|HostReadOnlyFilesystem|GPU.*"
    target_matchers:
      - severity="warning"
    equal:
      - federation
      - host
  - source_matchers:
      - severity="critical"
    target_matchers:
      - severity="warning"
    equal:
      - alertname
      - federation
      - host
      - instance
      - job
      - name
      - node_id
      - run_id
      - phase
      - cause
      - slo
      - gpu
      - UUID
      - health_watch
      - xid
      - path
      - device
      - mountpoint
      - app
      - kind
      - source
      - strategy
      - version
  - source_matchers:
      - alertname="HostDown"
    target_matchers:
      - alertname="SuperNodeOffline"
    equal:
      - federation
      - host
  - source_matchers:
      - alertname="ManyTargetsDown"
    target_matchers:
      - alertname="TargetDown"
      - severity="warning"
    equal:
      - federation
  - source_matchers:
      - severity="critical"
      - alertname=~"GPUXIDError|GPULost|GPUTemperatureCritical|GPUUncorrectedMemoryErrors|GPURowRemapFailure"
    target_matchers:
      - severity="warning"
      - alertname=~"GPUUnhealthy|GPUMemoryRepairPending|GPUCorrectedMemoryErrors|GPUPcieReplays|GPUTemperatureHigh|GPUMemoryTemperatureHigh|GPUThrottledByHeat|GPUPowerBrake|GPUClockDrop|GPUUtilizationDrop"
    equal: &a1
      - federation
      - host
      - UUID
  - source_matchers:
      - alertname="GPULost"
    target_matchers:
      - alertname="GPUXIDError"
      - xid="79"
    equal: *a1
  - source_matchers:
      - alertname="GPUUncorrectedMemoryErrors"
    target_matchers:
      - alertname="GPUXIDError"
      - xid=~"48|64|94|95"
    equal: *a1
  - source_matchers:
      - alertname="GPULost"
    target_matchers:
      - severity="warning"
      - alertname=~"HostFactMissing|DcgmMetricsAbsent"
    equal:
      - federation
      - host
  - source_matchers:
      - alertname=~"GPUThrottledByHeat|GPUPowerBrake|GPUPowerLimitLowered"
    target_matchers:
      - severity="warning"
      - alertname=~"GPUClockDrop|GPUTemperatureHigh|GPUMemoryTemperatureHigh"
    equal: *a1
  - source_matchers:
      - alertname="GPUOutOfMemory"
    target_matchers:
      - severity="warning"
      - alertname="GPUMemoryExhaustion"
    equal: *a1
  - source_matchers:
      - alertname="HostCpuSaturated"
    target_matchers:
      - severity="warning"
      - alertname="SystemResourceHigh"
      - resource="CPU"
    equal:
      - federation
      - host
  - source_matchers:
      - alertname="HostMemoryPressure"
    target_matchers:
      - severity="warning"
      - alertname="SystemResourceHigh"
      - resource="memory"
    equal:
      - federation
      - host
  - source_matchers:
      - alertname="ContainerOomKilled"
    target_matchers:
      - severity="warning"
      - alertname="HostOomKill"
    equal:
      - federation
      - host
  - source_matchers:
      - alertname="ContainerOomKilled"
    target_matchers:
      - severity="warning"
      - alertname=~"ContainerRestarting|ContainerMemoryNearLimit|ContainerUnhealthy"
    equal:
      - federation
      - host
      - name
  - source_matchers:
      - alertname="HostDiskFull"
    target_matchers:
      - severity="warning"
      - alertname="HostDiskWillFill"
    equal:
      - federation
      - host
      - mountpoint
  - source_matchers:
      - alertname="SLOBudgetBurnsFast"
    target_matchers:
      - alertname="SLOBudgetBurnsSlowly"
      - severity="warning"
    equal:
      - federation
      - slo
  - source_matchers:
      - alertname=~"TargetDown|ServiceDown"
      - job!=""
    target_matchers:
      - alertname="SLONoData"
      - severity="warning"
    equal:
      - federation
      - job
  - source_matchers:
      - alertname=~"FlowerExporterBlind|FlowerExporterReplaying"
    target_matchers:
      - alertname="SLONoData"
      - severity="warning"
      - job="flower"
    equal:
      - federation
  - source_matchers:
      - alertname=~"FLTrainingStalled|ServerAppLost"
    target_matchers:
      - alertname=~"RunWaitingForNodes|RoundOverdue|TrainingJobStuck|CheckpointOverdue|FLExcessiveClientDropout"
      - severity="warning"
    equal:
      - federation
      - run_id
  - source_matchers:
      - alertname="SuperNodeOffline"
    target_matchers:
      - alertname=~"SuperNodeFlapping|ClientAppCrashing"
      - severity="warning"
    equal:
      - federation
      - node_id
  - source_matchers:
      - alertname="SuperNodeOffline"
    target_matchers:
      - alertname=~"RunWaitingForNodes|FLExcessiveClientDropout|ClientDropout"
      - severity="warning"
    equal:
      - federation
  - source_matchers:
      - alertname="RunWaitingForNodes"
    target_matchers:
      - alertname="FLExcessiveClientDropout"
      - severity="warning"
    equal:
      - federation
      - run_id
  - source_matchers:
      - alertname=~"RunWaitingForNodes|FLExcessiveClientDropout"
    target_matchers:
      - alertname="ClientDropout"
      - severity="warning"
    equal:
      - federation
  - source_matchers:
      - alertname="RoundOverdue"
    target_matchers:
      - alertname="TrainingJobStuck"
      - severity="warning"
    equal:
      - federation
      - run_id
  - source_matchers:
      - alertname="LossNaN"
    target_matchers:
      - alertname=~"LossNotFalling|AccuracyDrop"
      - severity="warning"
    equal:
      - federation
      - run_id
  - source_matchers:
      - alertname=~"SuperNodeZombie|SuperNodeFailing|ClientAppCrashing|MessagesExpired"
    target_matchers:
      - alertname="FLClientFailureRate"
      - severity="warning"
    equal:
      - federation
receivers:
  - name: lab
    webhook_configs:
      - url: http://172.31.77.5:8080/alerts
        send_resolved: true
  - name: flower-monitoring/nobody
END_e6bc490df298a50f
mkdir -p releases/59adc6ec99fd
cat > releases/59adc6ec99fd/notifications.tmpl <<'END_1c0a92fd3c4f8cb3'
{{/*
  What people read when an alert reaches them: severity, what was seen and the likely cause, where, and
  links to the runbook, the dashboard and a silence. Ten alerts of each kind are listed, so that a message
  about a hundred hosts is still taken by every service; the text says where the others are.
  Label values come from hosts that we do not run. Mail is escaped by Alertmanager's HTML templates, Slack
  and Teams here: in neither can a name mention a channel or hide a link.
*/}}

{{ define "flower-monitoring.status" -}}
{{ if eq .Status "resolved" }}RESOLVED{{ else }}{{ or .CommonLabels.severity "firing" | toUpper }}{{ end }}
{{- end }}

{{ define "flower-monitoring.many" -}}
{{ or .CommonLabels.alertname "Alerts" }}: {{ len .Alerts.Firing }} firing, {{ len .Alerts.Resolved }} resolved
{{- end }}

{{ define "flower-monitoring.federation" -}}
{{ with .CommonLabels.federation }} ({{ . }}){{ end }}
{{- end }}

{{ define "flower-monitoring.title" -}}
[{{ template "flower-monitoring.status" . }}] {{ if gt (len .Alerts) 1 }}{{ template "flower-monitoring.many" . }}{{ else }}{{ range .Alerts }}{{ or .Annotations.summary .Labels.alertname }}{{ end }}{{ end }}{{ template "flower-monitoring.federation" . }}
{{- end }}

{{ define "flower-monitoring.link" }}{{ or .CommonAnnotations.dashboard .ExternalURL }}{{ end }}

{{/* Names as they should be: what could be markup anywhere is not part of one. */}}
{{ define "flower-monitoring.plain" }}{{ reReplaceAll "[^\\pL\\pN.:/@_ -]" "?" . }}{{ end }}

{{ define "flower-monitoring.where" -}}
{{ with .host }}host {{ template "flower-monitoring.plain" . }}, {{ end }}{{ with .site }}site {{ template "flower-monitoring.plain" . }}, {{ end }}{{ with .run_id }}run {{ template "flower-monitoring.plain" . }}, {{ end }}federation {{ template "flower-monitoring.plain" (or .federation "unknown") }}
{{- end }}

{{ define "flower-monitoring.time" }}{{ .UTC.Format "2006-01-02 15:04 UTC" }}{{ end }}

{{/* A new silence for an alert's labels, in the fragment that Alertmanager's pages read. */}}
{{ define "flower-monitoring.silence" -}}
#/silences/new?filter=%7Balertname%3D%22{{ .alertname | urlquery }}%22{{ with .federation }}%2Cfederation%3D%22{{ . | urlquery }}%22{{ end }}{{ with .host }}%2Chost%3D%22{{ . | urlquery }}%22{{ end }}{{ with .job }}%2Cjob%3D%22{{ . | urlquery }}%22{{ end }}{{ with .run_id }}%2Crun_id%3D%22{{ . | urlquery }}%22{{ end }}%7D
{{- end }}

{{ define "flower-monitoring.text" -}}
{{ template "flower-monitoring.title" . }}
{{ range $index, $alert := .Alerts.Firing }}{{ if lt $index 10 }}
{{ or .Annotations.summary .Labels.alertname }}
{{ with .Annotations.description }}{{ . }}
{{ end }}Severity: {{ or .Labels.severity "none given" }}
Where: {{ template "flower-monitoring.where" .Labels }}
Since: {{ template "flower-monitoring.time" .StartsAt }}
{{ with .Annotations.runbook_url }}Runbook: {{ . }}
{{ end }}{{ with .Annotations.dashboard }}Dashboard: {{ . }}
{{ end }}Silence: {{ $.ExternalURL }}/{{ template "flower-monitoring.silence" .Labels }}
{{ end }}{{ end }}{{ range $index, $alert := .Alerts.Resolved }}{{ if lt $index 10 }}
Resolved: {{ or .Annotations.summary .Labels.alertname }}
Where: {{ template "flower-monitoring.where" .Labels }}
Until: {{ template "flower-monitoring.time" .EndsAt }}
{{ end }}{{ end }}{{ if or (gt (len .Alerts.Firing) 10) (gt (len .Alerts.Resolved) 10) }}
Not all {{ len .Alerts }} alerts are listed here. All of them: {{ .ExternalURL }}/#/alerts
{{ end }}
{{- end }}

{{ define "flower-monitoring.html" -}}
<!DOCTYPE html>
<html>
<body style="font-family: sans-serif; line-height: 1.4; color: #1a1a1a">
<h2>{{ template "flower-monitoring.title" . }}</h2>
{{ range $index, $alert := .Alerts.Firing }}{{ if lt $index 10 }}
<div style="border-left: 4px solid #b3261e; padding-left: 12px; margin-bottom: 16px">
<h3>{{ or .Annotations.summary .Labels.alertname }}</h3>
{{ with .Annotations.description }}<p>{{ . }}</p>
{{ end }}<p>Severity: {{ or .Labels.severity "none given" }}<br>
Where: {{ template "flower-monitoring.where" .Labels }}<br>
Since: {{ template "flower-monitoring.time" .StartsAt }}</p>
<p>{{ with .Annotations.runbook_url }}<a href="{{ . }}">Runbook</a> | {{ end }}{{ with .Annotations.dashboard }}<a href="{{ . }}">Dashboard</a> | {{ end }}<a href="{{ $.ExternalURL }}/{{ template "flower-monitoring.silence" .Labels }}">Silence</a></p>
</div>
{{ end }}{{ end }}{{ range $index, $alert := .Alerts.Resolved }}{{ if lt $index 10 }}
<div style="border-left: 4px solid #1e7d32; padding-left: 12px; margin-bottom: 16px">
<h3>Resolved: {{ or .Annotations.summary .Labels.alertname }}</h3>
<p>Where: {{ template "flower-monitoring.where" .Labels }}<br>
Until: {{ template "flower-monitoring.time" .EndsAt }}</p>
</div>
{{ end }}{{ end }}{{ if or (gt (len .Alerts.Firing) 10) (gt (len .Alerts.Resolved) 10) }}
<p>Not all {{ len .Alerts }} alerts are listed here. <a href="{{ .ExternalURL }}/#/alerts">All of them</a></p>
{{ end }}
</body>
</html>
{{- end }}

{{ define "flower-monitoring.slack.escape" -}}
{{ reReplaceAll "&" "&amp;" . | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;" }}
{{- end }}

{{ define "flower-monitoring.slack.title" -}}
[{{ template "flower-monitoring.status" . }}] {{ if gt (len .Alerts) 1 }}{{ template "flower-monitoring.many" . }}{{ else }}{{ range .Alerts }}{{ template "flower-monitoring.slack.escape" (or .Annotations.summary .Labels.alertname) }}{{ end }}{{ end }}{{ template "flower-monitoring.federation" . }}
{{- end }}

{{ define "flower-monitoring.slack.color" -}}
{{ if eq .Status "resolved" }}good{{ else if eq (or .CommonLabels.severity "") "warning" "info" }}warning{{ else }}danger{{ end }}
{{- end }}

{{ define "flower-monitoring.slack" -}}
{{ range $index, $alert := .Alerts.Firing }}{{ if lt $index 10 }}*{{ template "flower-monitoring.slack.escape" (or .Annotations.summary .Labels.alertname) }}*
{{ with .Annotations.description }}{{ template "flower-monitoring.slack.escape" . }}
{{ end }}{{ or .Labels.severity "no severity" }} | {{ template "flower-monitoring.where" .Labels }} | since {{ template "flower-monitoring.time" .StartsAt }}
{{ with .Annotations.runbook_url }}<{{ . }}|Runbook> | {{ end }}{{ with .Annotations.dashboard }}<{{ . }}|Dashboard> | {{ end }}<{{ $.ExternalURL }}/{{ template "flower-monitoring.silence" .Labels }}|Silence>
{{ end }}{{ end }}{{ range $index, $alert := .Alerts.Resolved }}{{ if lt $index 10 }}Resolved: {{ template "flower-monitoring.slack.escape" (or .Annotations.summary .Labels.alertname) }} | {{ template "flower-monitoring.where" .Labels }} | until {{ template "flower-monitoring.time" .EndsAt }}
{{ end }}{{ end }}{{ if or (gt (len .Alerts.Firing) 10) (gt (len .Alerts.Resolved) 10) }}<{{ .ExternalURL }}/#/alerts|Not all {{ len .Alerts }} alerts are listed here.>
{{ end }}
{{- end }}

{{ define "flower-monitoring.teams.escape" }}{{ reReplaceAll "([\\[\\]<>])" "\\$1" . }}{{ end }}

{{ define "flower-monitoring.teams" -}}
{{ range $index, $alert := .Alerts.Firing }}{{ if lt $index 10 }}**{{ template "flower-monitoring.teams.escape" (or .Annotations.summary .Labels.alertname) }}**

{{ with .Annotations.description }}{{ template "flower-monitoring.teams.escape" . }}

{{ end }}{{ or .Labels.severity "no severity" }} | {{ template "flower-monitoring.where" .Labels }} | since {{ template "flower-monitoring.time" .StartsAt }}

{{ with .Annotations.runbook_url }}[Runbook]({{ . }}) | {{ end }}{{ with .Annotations.dashboard }}[Dashboard]({{ . }}) | {{ end }}[Silence]({{ $.ExternalURL }}/{{ template "flower-monitoring.silence" .Labels }})

{{ end }}{{ end }}{{ range $index, $alert := .Alerts.Resolved }}{{ if lt $index 10 }}Resolved: {{ template "flower-monitoring.teams.escape" (or .Annotations.summary .Labels.alertname) }} | {{ template "flower-monitoring.where" .Labels }} | until {{ template "flower-monitoring.time" .EndsAt }}

{{ end }}{{ end }}{{ if or (gt (len .Alerts.Firing) 10) (gt (len .Alerts.Resolved) 10) }}[Not all {{ len .Alerts }} alerts are listed here.]({{ .ExternalURL }}/#/alerts)
{{ end }}
{{- end }}

{{ define "flower-monitoring.pagerduty.severity" -}}
{{ $severity := or .CommonLabels.severity "" }}{{ if eq $severity "critical" "warning" "info" }}{{ $severity }}{{ else }}error{{ end }}
{{- end }}

{{ define "flower-monitoring.opsgenie.priority" -}}
{{ $severity := or .CommonLabels.severity "" }}{{ if eq $severity "critical" }}P1{{ else if eq $severity "info" }}P5{{ else }}P3{{ end }}
{{- end }}
END_1c0a92fd3c4f8cb3
if ! (cd releases/59adc6ec99fd && amtool check-config alertmanager.yml); then
  [ "$(readlink current 2>/dev/null || :)" = releases/59adc6ec99fd ] || rm -rf releases/59adc6ec99fd
  exit 1
fi >&2
if [ -L current ] && [ ! -L previous ]; then cp -P current previous; fi
rm -f current.new
ln -s releases/59adc6ec99fd current.new && mv -T current.new current
END_f10d734113301f37

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
docker run --rm --interactive --network none --user 0:0 --read-only --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --security-opt no-new-privileges --volume flower-monitoring-alertmanager-config:/etc/alertmanager --entrypoint /bin/sh flower-monitoring-lab/alertmanager:v0.31.1 -s <<'END_a52f006cf1b25e45'
set -eu
cd /etc/alertmanager
rm -f previous
for old in releases/*; do [ "$old" = releases/59adc6ec99fd ] || rm -rf "$old"; done
END_a52f006cf1b25e45

echo "live 59adc6ec99fd"
