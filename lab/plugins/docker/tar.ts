/** A tar archive with one root-owned file, as the daemon takes uploads. `path` is absolute. */
export function tarOf(path: string, content: Buffer, mode: number): Buffer {
  const name = path.replace(/^\/+/, "");
  const split = name.length > 100 ? name.lastIndexOf("/", 155) : -1;
  const header = Buffer.alloc(512);
  const put = (text: string, at: number): void => void header.write(text, at);
  const octal = (value: number, width: number): string => value.toString(8).padStart(width, "0");
  put(split < 0 ? name : name.slice(split + 1), 0);
  put(octal(mode, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(content.length, 11), 124);
  put(octal(Math.floor(Date.now() / 1000), 11), 136);
  put("        0", 148);
  put("ustar\u000000", 257);
  if (split >= 0) put(name.slice(0, split), 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\u0000 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}
