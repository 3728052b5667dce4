#!/bin/sh
# What flower-training.service runs: one run of the lab's app, to its end. A start that was cut short, as
# on a machine that has too much to do, left its run going; two runs take each other's time, and so on.
set -eu

unfinished() {
  flwr ls lab --format json | python3 -c '
import json, sys
for run in json.load(sys.stdin)["runs"]:
    if not run["status"].startswith("finished"):
        print(run["run-id"])
'
}

for id in $(unfinished); do
  flwr stop "$id" lab || :
done
exec flwr run /opt/flower-app lab --stream --run-config client-sleep=30.0
