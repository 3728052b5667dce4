import { hereDocument, quote, sha256 } from "./shell";

/** A file below a configuration directory. */
export interface ConfigFile {
  /** Relative path with forward slashes. */
  path: string;
  content: string;
}

/** The VM's Docker, the service's image and its volume: where a script acts. */
export interface VolumeTarget {
  /** Image whose own shell (and promtool, amtool) does the work. */
  image: string;
  /** Named volume. */
  volume: string;
  /** Where the service mounts the volume; the script mounts it at the same path. */
  mountPath: string;
}

/** How a running service takes a new configuration without a restart. */
export interface ReloadSpec {
  container: string;
  /** URL of the service's own metrics, inside its container. */
  metricsUrl: string;
  /** Gauges `<prefix>_config_last_reload_{successful,success_timestamp_seconds}` tell the outcome. */
  metricPrefix: "prometheus" | "alertmanager";
}

/** Versioned configuration: validated as a whole, switched atomically, reloaded. */
export interface ConfigPush extends VolumeTarget {
  files: ConfigFile[];
  /** Command line that checks the staged directory, which is its working directory. */
  validate: string;
  reload: ReloadSpec;
}

/** Seconds a service may take to load its new configuration: thousands of rules take a few. */
const RELOAD_SECONDS = 30;

/** Runs `script` in a throw-away container of the service's image, with the volume mounted. */
function inVolume(target: VolumeTarget, script: string): string {
  const words = [
    "docker run --rm --interactive --network none --user 0:0 --read-only",
    "--cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER",
    "--security-opt no-new-privileges",
    `--volume ${quote(`${target.volume}:${target.mountPath}`)}`,
    `--entrypoint /bin/sh ${quote(target.image)} -s`,
  ];
  return hereDocument(words.join(" "), `set -eu\ncd ${quote(target.mountPath)}\n${script}`);
}

function writeFile(path: string, content: string): string {
  const folder = path.split("/").slice(0, -1).join("/");
  const makeFolder = folder === "" ? "" : `mkdir -p ${quote(folder)}\n`;
  return makeFolder + hereDocument(`cat > ${quote(path)}`, content);
}

/**
 * The script that puts a configuration live. Order: stage, validate with the image's own tool,
 * switch the `current` link, tell the running service, wait for its verdict. A refusal at any point
 * leaves (or puts back) the configuration that was live before, and exits non-zero with the tool's
 * words. A service that does not run yet simply starts with the new one.
 */
export function renderConfigPush(push: ConfigPush): string {
  const release = sha256(JSON.stringify([push.files, push.validate])).slice(0, 12);
  const stage = `releases/${release}`;
  const write = push.files.map((file) => writeFile(`${stage}/${file.path}`, file.content)).join("");
  return [
    "set -eu",
    "unset DOCKER_CONTEXT",
    inVolume(
      push,
      [
        "umask 022",
        `[ "$(readlink current 2>/dev/null || :)" = ${stage} ] || rm -rf ${stage}`,
        `mkdir -p ${stage} targets`,
        write +
          `if ! (cd ${stage} && ${push.validate}); then\n` +
          `  [ "$(readlink current 2>/dev/null || :)" = ${stage} ] || rm -rf ${stage}\n` +
          `  exit 1\nfi >&2`,
        // A `previous` that is there comes from a push that was killed: it is what the service runs.
        "if [ -L current ] && [ ! -L previous ]; then cp -P current previous; fi",
        // Beside a left-over link, ln would put the new one into the directory it points to.
        "rm -f current.new",
        `ln -s ${stage} current.new && mv -T current.new current`,
      ].join("\n"),
    ),
    renderReload(push),
    inVolume(
      push,
      `rm -f previous\nfor old in releases/*; do [ "$old" = ${stage} ] || rm -rf "$old"; done`,
    ),
    `echo "live ${release}"`,
    "",
  ].join("\n");
}

/**
 * SIGHUP from inside the container: `docker kill --signal` would also tell Docker that somebody stopped
 * it on purpose, and after a crash its restart policy would then leave it down.
 */
function renderReload(push: ConfigPush): string {
  const { container, metricsUrl, metricPrefix } = push.reload;
  const hangUp = `docker exec ${quote(container)} /bin/sh -c 'kill -HUP 1'`;
  const gauge = `${metricPrefix}_config_last_reload`;
  return `metric() {
  docker exec ${quote(container)} wget -q -O - ${quote(metricsUrl)} 2>/dev/null |
    awk -v name="${gauge}_$1" '$1 == name { print $2 }'
}
put_back() {
  echo "the configuration that was live before is put back" >&2
${inVolume(push, "if [ -L previous ]; then mv -T previous current; fi")}
  ${hangUp} || :
  docker logs --tail 5 ${quote(container)} >&2 || :
  exit 1
}
if [ "$(docker container inspect --format '{{.State.Running}}' ${quote(container)} 2>/dev/null)" = true ]; then
  waited=0
  until before=$(metric success_timestamp_seconds) && [ -n "$before" ]; do
    waited=$((waited + 1))
    [ "$waited" -le ${RELOAD_SECONDS} ] || { echo "${container} does not answer" >&2; put_back; }
    sleep 1
  done
  ${hangUp}
  waited=0
  until [ "$(metric successful)" = 1 ] && [ "$(metric success_timestamp_seconds)" != "$before" ]; do
    waited=$((waited + 1))
    if [ "$waited" -gt ${RELOAD_SECONDS} ]; then
      echo "${container} refused its new configuration" >&2
      put_back
    fi
    sleep 1
  done
fi`;
}

/**
 * The script that keeps a directory of plain files in step, each replaced atomically: scrape targets,
 * which Prometheus watches by itself, and secrets.
 *
 * @param owner `uid:gid` the files belong to.
 * @param mode octal mode, as text: "0644", or "0600" for secrets.
 */
export function renderFileSync(
  target: VolumeTarget,
  folder: string,
  files: ConfigFile[],
  owner: string,
  mode: string,
): string {
  const keep = files.map((file) => `${folder}/${file.path}`);
  const write = files.map(({ path, content }) => {
    const temporary = quote(`${folder}/.${path}.new`);
    return (
      hereDocument(`cat > ${temporary}`, content) +
      `chown ${owner} ${temporary}\nchmod ${mode} ${temporary}\n` +
      `mv ${temporary} ${quote(`${folder}/${path}`)}\n`
    );
  });
  const remove =
    // Hidden names are what a killed push left half-written.
    `for old in ${folder}/* ${folder}/.*.new; do\n  case $old in\n` +
    keep.map((path) => `    ${quote(path)}) ;;\n`).join("") +
    `    *) rm -f "$old" ;;\n  esac\ndone`;
  return [
    "set -eu",
    "unset DOCKER_CONTEXT",
    inVolume(
      target,
      ["umask 077", `mkdir -p ${folder}`, `chmod 0755 ${folder}`, ...write, remove].join("\n"),
    ),
    `echo "wrote ${files.length} files"`,
    "",
  ].join("\n");
}
