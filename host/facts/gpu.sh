# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with facts.sh
# GPUs, as nvidia-smi lists them. Asked every five minutes: it may take a second, and wakes a GPU whose
# driver is not kept loaded. What was found is told at the next run.

gpu_metrics() {
  have nvidia-smi || return 0
  if [ -s "$memory/gpus.failed" ]; then
    lacks gpus "$(cat "$memory/gpus.failed")"
  elif [ -f "$memory/gpus.asked" ]; then
    lacks gpus "nvidia-smi hangs and cannot be killed"
  elif [ -f "$memory/gpus" ]; then
    family flower_monitoring_gpus "GPUs that nvidia-smi lists."
    family flower_monitoring_gpu_info "A GPU that nvidia-smi lists."
    sed 's/[\\"]/\\&/g' "$memory/gpus" | awk -F ', *' '
      NF == 4 {
        printf "flower_monitoring_gpu_info{gpu=\"%s\",uuid=\"%s\",name=\"%s\",driver_version=\"%s\"} 1\n", $1, $2, $3, $4
        n++
      }
      END { print "flower_monitoring_gpus", n + 0 }'
  fi
}

ask_gpus() {
  have nvidia-smi || return 0
  # A question that was never answered, since its process could not be killed: the next one waits an
  # hour, or such processes would pile up.
  [ -z "$(find "$memory" -name gpus.asked -mmin -60)" ] || return 0
  [ -z "$(find "$memory" '(' -name gpus -o -name gpus.failed ')' -mmin -5)" ] || return 0
  : >"$memory/gpus.asked"
  timeout -s KILL 8 nvidia-smi --query-gpu=index,uuid,name,driver_version --format=csv,noheader \
    >"$memory/gpus.new" 2>/dev/null </dev/null
  case $? in
    0) mv "$memory/gpus.new" "$memory/gpus" && rm -f "$memory/gpus.failed" ;;
    124 | 137) echo "nvidia-smi did not answer in 8 s" >"$memory/gpus.failed" ;;
    *) echo "nvidia-smi failed" >"$memory/gpus.failed" ;;
  esac
  rm -f "$memory/gpus.asked" "$memory/gpus.new"
}
