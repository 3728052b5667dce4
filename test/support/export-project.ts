/** A project with stack files on disk, as a clone has them: no engine, no backend, no passphrase. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { ConfigFile } from "../../components/render/config-push";
import { exportStack, type ExportedStack } from "../../runner/export/render";
import type { Editable, Raw } from "../unit/config-fixture";
import { alertingExample, SECRETS } from "./alerting-example";
import { exampleRaw } from "./example-stack";

/** As Pulumi writes a secret into a stack's file. */
export const cipher = (name: string): Raw => ({ secure: `v1:canary-${name}:0123456789abcdef` });

export class ExportProject {
  readonly directory = mkdtempSync(join(tmpdir(), "flower-monitoring-export-"));

  constructor(project: Raw = { name: "flower-monitoring", runtime: "nodejs" }) {
    this.write("Pulumi.yaml", stringify(project));
  }

  write(path: string, content: string): void {
    mkdirSync(join(this.directory, path, ".."), { recursive: true });
    writeFileSync(join(this.directory, path), content);
  }

  /** A stack's file; keys get their namespace. */
  stack(name: string, values: Raw): this {
    const entries = Object.entries(values).map(([key, value]) => [
      `flower-monitoring:${key}`,
      value,
    ]);
    this.write(`Pulumi.${name}.yaml`, stringify({ config: Object.fromEntries(entries) as Raw }));
    return this;
  }

  export(stack: string): { about: ExportedStack; files: Record<string, string> } {
    const { about, files } = exportStack({ stack, projectDir: this.directory });
    return { about, files: byPath(files) };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function byPath(files: ConfigFile[]): Record<string, string> {
  return Object.fromEntries(files.map(({ path, content }) => [path, content]));
}

/** The committed example, whose password is a secret as in a file that Pulumi wrote. */
export function exampleValues(edit?: (raw: Editable) => void): Raw {
  return { ...exampleRaw(edit), grafanaAdminPassword: cipher("password") };
}

/** The example with every kind of receiver, each secret of it a ciphertext. */
export function withAllReceivers(): Raw {
  const secrets = Object.keys(SECRETS).map((key) => [key, cipher(key)] as const);
  return { ...exampleValues(), alerting: alertingExample(), ...Object.fromEntries(secrets) };
}
