import { gzipSync } from "node:zlib";

/** A file of a bundle. */
export interface BundleFile {
  /** Relative, `/` between its parts, at most 100 bytes. */
  path: string;
  mode: 0o644 | 0o755;
  content: Buffer;
}

const BLOCK = 512;

/**
 * A tar (ustar) of the files, the same bytes wherever and whenever it is made: sorted, owned by
 * root, time 0. Written here because tar libraries are streams, and a component's constructor can
 * wait for nothing.
 */
export function deterministicTar(files: BundleFile[]): Buffer {
  return Buffer.concat([tarEntries(files), Buffer.alloc(2 * BLOCK)]);
}

/** The same without the end of the archive: what follows may be another tar. */
export function tarEntries(files: BundleFile[]): Buffer {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const chunks = sorted.flatMap((file) => [
    header(file),
    file.content,
    Buffer.alloc((BLOCK - (file.content.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat(chunks);
}

/**
 * Compressed with a fixed header. The bytes may still differ between builds of zlib; whoever needs
 * an identity takes the hash of what is inside.
 */
export function deterministicGzip(content: Buffer): Buffer {
  const packed = gzipSync(content, { level: 6 });
  packed.writeUInt32LE(0, 4); // modification time
  packed.writeUInt8(255, 9); // operating system: unknown
  return packed;
}

function header({ path, mode, content }: BundleFile): Buffer {
  const name = Buffer.from(path);
  if (name.length > 100) throw new Error(`bundle: the path ${path} is longer than 100 bytes`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  name.copy(block, 0);
  block.write(`${octal(mode, 7)}\0`, 100);
  block.write(`${octal(0, 7)}\0`, 108); // uid
  block.write(`${octal(0, 7)}\0`, 116); // gid
  block.write(`${octal(content.length, 11)}\0`, 124);
  block.write(`${octal(0, 11)}\0`, 136); // modification time
  block.write(" ".repeat(8), 148); // the checksum counts itself as spaces
  block.write("0", 156); // a regular file
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}
