/** Records previews of the real engine again: see test/fixtures/previews/README.md. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { asFleet } from "./scopes";
import { exampleStack, PreviewProject, type Resource, type Values } from "./preview-project";

const FOLDER = resolve(__dirname, "../fixtures/previews");

/** Longer texts are cut: dashboards and scripts are most of a preview. Errors are shorter. */
const LONGEST = 1000;
/** Property values, which nobody reads. */
const LONGEST_VALUE = 200;

const SECRETS = {
  grafanaAdminPassword: "canary-grafana-0123456789",
  chatUrl: "https://canary-chat.example.org/0123456789",
  sudoWord: "canary-sudo-0123456789",
};

/** The example with a user whose sudo asks, and with a receiver that needs a secret. */
function deployed(): Values {
  const values: Values = { ...exampleStack(), retainData: true };
  Object.assign(values["ssh"] as object, { user: "ops", sudoPasswordSecret: "sudoWord" });
  const { receivers } = values["alerting"] as { receivers: unknown[] };
  receivers.push({ name: "chat", slack: { urlSecret: "chatUrl" } });
  return values;
}

/** What is changed in it, by the name of the recording. */
const CASES: Record<string, (values: Values) => unknown> = {
  unchanged: () => undefined,
  replace: (values) => (values["retention"] = "30d"),
  delete: (values) => supernodes(values).pop(),
  failed: (values) => (values["federation"] = "No Good"),
  // Its data volumes are protected, and a stack without the monitoring VM has none.
  protected: asFleet,
  // Last, with a state in which a dashboard is another one.
  update: (values) => {
    Object.assign(values["alerting"] as object, {
      thresholds: { targetDownFor: "5m" },
      groupWait: "10s",
    });
    Object.assign(supernodes(values)[1]?.flower ?? {}, { hook: false });
  },
};

function supernodes(values: Values): { flower?: object }[] {
  return values["supernodes"] as { flower?: object }[];
}

/** As though a dashboard had another title before. */
function olderDashboard(resource: Resource): Resource {
  if (!resource.urn.endsWith("::grafana-hosts")) return resource;
  const older = (part: Values = {}): Values => ({
    ...part,
    configJson: String(part["configJson"]).replace('"title": "Hosts"', '"title": "Machines"'),
  });
  return { ...resource, inputs: older(resource.inputs), outputs: older(resource.outputs) };
}

/** Without the machine's own paths and times, long texts cut. */
function kept(directory: string, value: unknown, longest = LONGEST): unknown {
  if (Array.isArray(value)) return value.map((item) => kept(directory, item, longest));
  if (typeof value === "string") {
    const text = value.replaceAll(directory, "/project");
    return text.length <= longest ? text : `${text.slice(0, longest)} (${text.length} characters)`;
  }
  if (typeof value !== "object" || value === null) return value;
  const dropped = [
    "sourcePosition",
    "stackTrace",
    "propertyDependencies",
    "dependencies",
    "duration",
  ];
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !dropped.includes(key))
      .map(([key, item]) => {
        const own = ["inputs", "outputs", "config"].includes(key) ? LONGEST_VALUE : longest;
        return [key, kept(directory, item, own)];
      }),
  );
}

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const project = await PreviewProject.make();
  const save = (name: string, preview: unknown): void => {
    const text = `${JSON.stringify(kept(project.directory, preview), null, 1)}\n`;
    writeFileSync(join(FOLDER, `${name}.json`), text);
    process.stdout.write(`${name}: ${text.length} B\n`);
  };
  try {
    writeFileSync(join(project.directory, "known_hosts"), knownHosts());
    await project.configure(deployed(), SECRETS);
    const create = await project.preview();
    save("create", create);
    const resources = project.settled(create);
    for (const [name, edit] of Object.entries(CASES)) {
      const values = deployed();
      edit(values);
      const { sudoWord } = SECRETS;
      await project.configure(values, name === "protected" ? { sudoWord } : SECRETS);
      await project.deployed(name === "update" ? resources.map(olderDashboard) : resources);
      save(name, await project.preview());
      const { stdout, stderr } = await project.runnerPreview();
      if (stdout === "") writeFileSync(join(FOLDER, `runner-${name}.txt`), stderr);
      else save(`runner-${name}`, JSON.parse(stdout));
    }
  } finally {
    await project.remove();
  }
}

/** One key for all: nobody logs in. */
function knownHosts(): string {
  const wire = (text: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, Buffer.from(text)]);
  };
  const key = Buffer.concat([wire("ssh-ed25519"), wire("k".repeat(32))]).toString("base64");
  return ["10", "11", "21", "22"]
    .map((octet) => `172.31.77.${octet} ssh-ed25519 ${key}\n`)
    .join("");
}

void main();
