import { spawn } from "node:child_process";
import { run } from "../../runner/run";

/**
 * Hands images to the Docker engine inside a lab host, as a registry would. Images that it has
 * already, by id, are not sent again.
 * @param container name of the host's container; its engine starts with the first connection
 * @param say told how much was sent
 */
export async function loadInto(
  container: string,
  images: readonly string[],
  say: (detail: string) => void = () => undefined,
): Promise<void> {
  const inside = ["exec", "-i", container, "docker"];
  const missing: string[] = [];
  for (const ref of images) {
    const wanted = await imageId([], ref);
    if (wanted === undefined) throw new Error(`${ref} is not in the local Docker engine.`);
    if ((await imageId(inside, ref)) !== wanted) missing.push(ref);
  }
  if (missing.length === 0) return;
  await pipe(["save", ...missing], [...inside, "load"], say);
}

async function imageId(inside: readonly string[], ref: string) {
  const result = run("docker", [...inside, "image", "inspect", "--format", "{{.Id}}", ref]);
  return result.then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}

/** `docker save | docker load` without a shell and without a file of the images' size. */
function pipe(
  from: readonly string[],
  to: readonly string[],
  say: (detail: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const source = spawn("docker", from, { stdio: ["ignore", "pipe", "pipe"] });
    const sink = spawn("docker", to, { stdio: ["pipe", "ignore", "pipe"] });
    let sent = 0;
    let errors = "";
    for (const child of [source, sink]) {
      child.on("error", reject);
      child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    }
    source.stdout.on("data", (chunk: Buffer) => {
      sent += chunk.length;
      say(`${Math.round(sent / 2 ** 20)} MiB sent`);
    });
    source.stdout.pipe(sink.stdin);
    // When the sink dies the source must not wait for a reader for ever; the exit code tells.
    sink.stdin.on("error", () => source.kill());
    let sourceCode: number | null = null;
    source.on("close", (code) => (sourceCode = code));
    sink.on("close", (code) => {
      if (code === 0 && sourceCode === 0) resolve();
      else {
        reject(
          new Error(
            `docker ${from.join(" ")} | docker ${to.join(" ")}: exit codes ${sourceCode} and ` +
              `${code}.\n${errors.trim()}`,
          ),
        );
      }
    });
  });
}
