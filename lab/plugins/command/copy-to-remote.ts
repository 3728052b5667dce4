import { randomBytes } from "node:crypto";
import { inputDiff } from "../kit/diff";
import { equal, type Props, type Value } from "../kit/property";
import type { Operation, ResourceType } from "../kit/provider";
import { any, asset, list, obj, required, str, type InputsOf } from "../kit/schema";
import { connectionShape } from "./connection";
import { dial } from "./dial";
import { copyPath, copyText, openSftp } from "./sftp";

const inputs = {
  connection: required(obj(connectionShape, { secret: true })),
  remotePath: required(str()),
  source: required(asset()),
  triggers: list(any(), { forceNew: true }),
};

type Inputs = InputsOf<typeof inputs>;

/**
 * command:remote:CopyToRemote. As the official one: copies in place, only when the content's hash or
 * `remotePath` changed (a new connection alone copies nothing), and deletes nothing.
 */
export const copyToRemote: ResourceType = {
  inputs,
  outputs: [],
  normalise(props) {
    const source = props["source"] as Record<string, Value> | string | undefined;
    if (typeof source === "string" || source === undefined) return [];
    if (typeof source["path"] === "string" || typeof source["text"] === "string") return [];
    const reason =
      '"source" must be a FileAsset, a FileArchive or a StringAsset; the stand-in copies no others.';
    return [{ property: "source", reason }];
  },
  diff: (old, wanted) => ({
    changes: inputDiff(inputs, old.inputs, wanted),
    deleteBeforeReplace: false,
  }),
  async create(props, op) {
    await copy(props, op);
    return { id: randomBytes(4).toString("hex"), state: props };
  },
  async update(_id, old, props, op) {
    const same = equal(old["source"], props["source"]) && old["remotePath"] === props["remotePath"];
    if (!same) await copy(props, op);
    return props;
  },
  delete: () => Promise.resolve(),
};

async function copy(props: Props, op: Operation): Promise<void> {
  // Only ever called with properties that passed `check` against `inputs`.
  const { connection, remotePath, source } = props as unknown as Inputs;
  const dialed = await dial(connection, op);
  const stop = (): void => dialed.close();
  op.signal.addEventListener("abort", stop, { once: true });
  try {
    const sftp = await openSftp(dialed.client);
    const { path, text } = source;
    if (typeof text === "string") await copyText(sftp, text, remotePath);
    else if (typeof path === "string") await copyPath(sftp, path, remotePath);
  } finally {
    op.signal.removeEventListener("abort", stop);
    dialed.close();
  }
}
