set -eu
unset DOCKER_CONTEXT
docker run --rm --interactive --network none --user 0:0 --read-only --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --security-opt no-new-privileges --volume flower-monitoring-prometheus-config:/etc/prometheus --entrypoint /bin/sh flower-monitoring-lab/prometheus:v3.15.0 -s <<'END_fd6a0b6ee2de95b1'
set -eu
cd /etc/prometheus
umask 077
mkdir -p targets
chmod 0755 targets
cat > targets/.node.json.new <<'END_d6d60cd3dfd65a10'
[
  {
    "targets": [
      "172.31.77.11:9100"
    ],
    "labels": {
      "federation": "demo",
      "host": "superlink",
      "role": "superlink"
    }
  },
  {
    "targets": [
      "172.31.77.21:9100"
    ],
    "labels": {
      "federation": "demo",
      "host": "supernode-1",
      "role": "supernode",
      "site": "hospital-1"
    }
  },
  {
    "targets": [
      "172.31.77.22:9100"
    ],
    "labels": {
      "federation": "demo",
      "host": "supernode-2",
      "role": "supernode",
      "site": "hospital-2"
    }
  }
]
END_d6d60cd3dfd65a10
chown 65534:65534 targets/.node.json.new
chmod 0644 targets/.node.json.new
mv targets/.node.json.new targets/node.json

cat > targets/.flower.json.new <<'END_e50acf740bc8239e'
[
  {
    "targets": [
      "172.31.77.11:9101"
    ],
    "labels": {
      "federation": "demo",
      "host": "superlink",
      "role": "superlink"
    }
  }
]
END_e50acf740bc8239e
chown 65534:65534 targets/.flower.json.new
chmod 0644 targets/.flower.json.new
mv targets/.flower.json.new targets/flower.json

cat > targets/.dcgm.json.new <<'END_37517e5f3dc66819'
[]
END_37517e5f3dc66819
chown 65534:65534 targets/.dcgm.json.new
chmod 0644 targets/.dcgm.json.new
mv targets/.dcgm.json.new targets/dcgm.json

cat > targets/.cadvisor.json.new <<'END_37517e5f3dc66819'
[]
END_37517e5f3dc66819
chown 65534:65534 targets/.cadvisor.json.new
chmod 0644 targets/.cadvisor.json.new
mv targets/.cadvisor.json.new targets/cadvisor.json

for old in targets/* targets/.*.new; do
  case $old in
    targets/node.json) ;;
    targets/flower.json) ;;
    targets/dcgm.json) ;;
    targets/cadvisor.json) ;;
    *) rm -f "$old" ;;
  esac
done
END_fd6a0b6ee2de95b1

echo "wrote 4 files"
