/** Image archives to carry to hosts, as `docker save` and `podman save` write them. */
import { readFileSync } from "node:fs";

const BLOCK = 512;

/**
 * An archive's bytes, once it has the image that hosts will ask for. One that was compressed after
 * saving is only looked at from outside: the host says what is in it when it loads it.
 * @throws Error that names what the archive has instead
 */
export function carriedImage(path: string, image: string): Buffer {
  const content = readFileSync(path);
  if (content.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) return content;
  const manifest = tarMember(content, "manifest.json");
  if (manifest === undefined) {
    throw new Error(
      `flower-monitoring:artifacts.dcgmImage: ${path} is no archive of an image; make one with ` +
        `docker save --output ${path} ${image}`,
    );
  }
  const images = JSON.parse(manifest.toString()) as { RepoTags?: string[] | null }[];
  const tags = images.flatMap(({ RepoTags }) => RepoTags ?? []);
  if (!tags.some((tag) => fullName(tag) === fullName(image))) {
    throw new Error(
      `flower-monitoring:artifacts.dcgmImage: ${path} has ${tags.join(", ") || "no tagged image"}, ` +
        `and hosts are to run ${image}; save that one, or set flower-monitoring:images.dcgmExporter`,
    );
  }
  return content;
}

/** Docker saves its own hub's images without the hub's name. */
function fullName(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const named = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  if (named) return image.replace("docker.io/library/", "docker.io/");
  return `docker.io/${image.replace(/^library\//, "")}`;
}

/** A file of a tar by its name, undefined where there is none or where it is no tar. */
function tarMember(tar: Buffer, wanted: string): Buffer | undefined {
  for (let at = 0; at + BLOCK <= tar.length;) {
    const header = tar.subarray(at, at + BLOCK);
    if (header.toString("latin1", 257, 262) !== "ustar") return undefined;
    const name = header.toString("utf8", 0, 100).replace(/\0.*$/s, "");
    const size = Number.parseInt(header.toString("latin1", 124, 136), 8);
    if (Number.isNaN(size)) return undefined;
    at += BLOCK;
    if (name === wanted) return tar.subarray(at, at + size);
    at += Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}
