/**
 * Programs that the documents tell people to run. Of each is said which test runs it, or why none does;
 * what is the repository's own is looked up there, so that a command which is gone is found.
 */
import { parseCommand } from "../../runner/args";
import { exists, text } from "./documents";
import type { Command } from "./shell-words";

/** What is wrong with a command, or nothing. */
type Check = (words: Command) => string | undefined;

type Known = { check?: Check } & ({ ranBy: string } | { notRun: string });

const ON_HOSTS = "looks at a host of the reader's own, and changes nothing there";
const BY_HAND = "is for the reader's own machine or host";

const oneOf =
  (allowed: string[], what: string, of: (words: Command) => string | undefined): Check =>
  (words) => {
    const got = of(words) ?? "";
    return allowed.includes(got) ? undefined : `${what} "${got}" is none of ${allowed.join(", ")}`;
  };

/** Words of a file that come after a pattern. */
const listed = (file: string, pattern: RegExp): string[] =>
  [...text(file).matchAll(pattern)].map((match) => match[1] ?? "");

const makeTargets = listed("Makefile", /^([a-z-]+):.*##/gm);
const scripts = Object.keys((JSON.parse(text("package.json")) as { scripts: object }).scripts);
const labCommands = listed("lab/cli.ts", /^ {2}([a-z]+)(?: |$)/gm);
const installerCommands = ["install", "verify", "remove", "check"];

const make: Check = (words) => {
  const wrong = words.slice(1).find((word) => !word.includes("=") && !makeTargets.includes(word));
  return wrong === undefined ? undefined : `the Makefile has no target "${wrong}"`;
};

/** `npm run x` has to be a script; where it is the runner's, its options have to be right too. */
const npm: Check = ([, verb, script = "", dashes, ...options]) => {
  if (verb === "ci" || verb === "pack") return undefined;
  if (verb !== "run" || !scripts.includes(script)) {
    return `package.json has no script "${script}"`;
  }
  if (dashes === undefined || !text("package.json").includes(`runner/main.ts ${script}"`)) {
    return undefined;
  }
  try {
    parseCommand([script, ...options], "/repo", {});
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
};

/** `python -m x` is a module of ours, or one that comes with Python or the requirements. */
const python: Check = ([, flag, module = ""]) => {
  if (flag !== "-m" || ["pip", "pytest", "venv", "zipfile", "json.tool"].includes(module)) {
    return undefined;
  }
  const path = `python/src/${module.replaceAll(".", "/")}`;
  return exists(`${path}.py`) || exists(`${path}/__main__.py`) ? undefined : `no module ${module}`;
};

/** Units that are ours have a file. */
const units: Check = (words) => {
  const ours = words.filter((word) => /^flower-monitoring-[a-z-]+(\.\w+)?$/.test(word));
  const wrong = ours.find((unit) => !unitExists(unit));
  return wrong === undefined ? undefined : `host/units has no ${wrong}`;
};

const unitExists = (unit: string): boolean =>
  ["", ".service", ".timer"].some((ending) => exists(`host/units/${unit}${ending}`));

const SERVICE = "(prometheus|alertmanager|grafana|\\$service)";
const CONTAINERS = new RegExp(`^flower-monitoring-(${SERVICE}|dcgm-exporter|dev-[\\w-]+)$`);
const VOLUMES = new RegExp(`^flower-monitoring-${SERVICE}-(data|config)$`);

const docker: Check = (words) => {
  const ours = words
    .flatMap((word) => word.split(/[:=,]/))
    .filter((word) => word.startsWith("flower-monitoring-"));
  const wrong = ours.find((name) => !CONTAINERS.test(name) && !VOLUMES.test(name));
  return wrong === undefined ? undefined : `the program makes no container or volume ${wrong}`;
};

const KEY = /^flower-monitoring:(\w+)/;
const flwr = oneOf(
  ["ls", "log", "stop", "run", "supernode", "federation", "config"],
  "flwr's command",
  ([, command]) => command,
);

const installer: Known = {
  check: oneOf(installerCommands, "install.sh's command", ([, command]) => command),
  ranBy: "test/lab/host-installer.test.ts",
};

/** Tools of the host's own that look. */
const LOOKING =
  "awk base64 basename blkid cat chronyc cmp column command crictl curl cut date dcgmi df diff dig dirname dmesg dpkg du " +
  "echo env ethtool false file find findmnt free fuser getcap getent getfacl grep head hostname hostnamectl id iostat ip " +
  "iptables jq last less locale ls lsblk lscpu lsmod lsof lspci lsusb mdadm mount mpstat mtr nc netstat nft nproc nsenter " +
  "nstat ntpq numfmt nvidia-smi nvme openssl paste pgrep pidstat ping printf ps pwd readlink realpath resolvectl rev rpm " +
  "sed seq sensors sha256sum smartctl sort sqlite3 ss ssh-keygen stat strings swapon sysctl tac tail tc test timedatectl " +
  "top tr traceroute true tune2fs ulimit uname uniq uptime vmstat wc wget which who xfs_info yq zcat";

/** And tools that change something. */
const CHANGING =
  "apt-get cd chmod chown cp dd dnf e2fsck export fallocate firewall-cmd fsck fstrim groupdel install kill ln " +
  "logrotate mkdir mkfs mv nvidia-ctk reboot renice resize2fs restorecon rm rmdir set sleep source swapoff sync tar tee " +
  "touch truncate ufw umount unset useradd userdel usermod xargs xfs_growfs xfs_repair .";

const each = (notRun: string, names: string): Record<string, Known> =>
  Object.fromEntries(names.split(" ").map((name) => [name, { notRun }]));

/** By the first word of a command. */
export const PROGRAMS: Record<string, Known> = {
  ...each(ON_HOSTS, LOOKING),
  ...each(BY_HAND, CHANGING),
  make: { check: make, ranBy: "test/engine/claims/first-up.ts" },
  npm: { check: npm, ranBy: "test/lab/runner.test.ts" },
  npx: { notRun: "a developer's own check; `make check` and `make test` run the same" },
  node: { notRun: "a developer's own check" },
  git: { notRun: BY_HAND },
  "lab/bootstrap.sh": {
    check: oneOf(labCommands, "the lab's command", ([, command]) => command),
    ranBy: "test/engine/claims/first-up.ts",
  },
  "/opt/flower-monitoring/current/install.sh": installer,
  "/var/lib/flower-monitoring/remover/install.sh": installer,
  python: { check: python, ranBy: "python/tests/test_cli.py" },
  pip: { notRun: "downloads" },
  pytest: { notRun: "a developer's own check; `make test` runs it" },
  ruff: { notRun: "a developer's own check; `make check` runs it" },
  // Pulumi's own command; the lab runs the same operations through the Automation API.
  pulumi: { ranBy: "test/engine/claims/first-up.ts" },
  mongosh: { notRun: ON_HOSTS },
  flwr: { check: flwr, ranBy: "python/tests/federation.py" },
  docker: { check: docker, notRun: BY_HAND },
  systemctl: { check: units, notRun: BY_HAND },
  journalctl: { check: units, notRun: ON_HOSTS },
  amtool: { ranBy: "test/rules/config.test.ts" },
  promtool: { ranBy: "test/rules/promtool.test.ts" },
  "ssh-keyscan": { notRun: "needs hosts of the reader's own" },
  ssh: { notRun: "needs hosts of the reader's own" },
};

/** What is wrong with a command of a document, or nothing. */
export function faultOf(words: Command, keys: ReadonlySet<string>): string | undefined {
  const [program = ""] = words;
  const known = PROGRAMS[program];
  if (known === undefined) {
    return `test/support/doc-commands.ts does not know "${program}": add it, with the test that runs it or why none does`;
  }
  const key = words.map((word) => KEY.exec(word)?.[1]).find((name) => name !== undefined);
  if (key !== undefined && !keys.has(key)) return `there is no config key flower-monitoring:${key}`;
  return known.check?.(words);
}
