/** What a test asks of a picture: its size, and whether anything is on it. */
import { inflateSync } from "node:zlib";

export interface Png {
  width: number;
  height: number;
  /** Colours of a pixel, as `red,green,blue`, and how many pixels have each. */
  colours: Map<string, number>;
}

/** Bytes of a pixel by the PNG's kind of colour; others are not made by a browser. */
const PIXEL: Record<number, number> = { 2: 3, 6: 4 };

/** @throws Error when it is no PNG of 8 bits a channel */
export function readPng(file: Buffer): Png {
  if (file.toString("latin1", 1, 4) !== "PNG") throw new Error("not a PNG");
  let [width, height, kind] = [0, 0, 0];
  const parts: Buffer[] = [];
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    const content = file.subarray(at + 8, at + 8 + length);
    const type = file.toString("latin1", at + 4, at + 8);
    if (type === "IHDR") {
      [width, height] = [content.readUInt32BE(0), content.readUInt32BE(4)];
      kind = content[9] ?? 0;
    } else if (type === "IDAT") parts.push(content);
    at += 12 + length;
  }
  const pixel = PIXEL[kind];
  if (pixel === undefined) throw new Error(`a PNG of colour type ${kind}`);
  return { width, height, colours: coloursOf(inflateSync(Buffer.concat(parts)), width, pixel) };
}

function coloursOf(raw: Buffer, width: number, pixel: number): Map<string, number> {
  const size = width * pixel;
  const colours = new Map<string, number>();
  let above = Buffer.alloc(size);
  for (let at = 0; at < raw.length; at += size + 1) {
    const line = Buffer.from(raw.subarray(at + 1, at + 1 + size));
    unfilter(raw[at] ?? 0, line, above, pixel);
    for (let x = 0; x < size; x += pixel) {
      const colour = `${line[x]},${line[x + 1]},${line[x + 2]}`;
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    above = line;
  }
  return colours;
}

/** Each line is written as differences from its neighbours. */
function unfilter(filter: number, line: Buffer, above: Buffer, pixel: number): void {
  for (let x = 0; x < line.length; x++) {
    const left = x < pixel ? 0 : (line[x - pixel] ?? 0);
    const up = above[x] ?? 0;
    const corner = x < pixel ? 0 : (above[x - pixel] ?? 0);
    const guess = [0, left, up, (left + up) >> 1, nearest(left, up, corner)][filter] ?? 0;
    line[x] = ((line[x] ?? 0) + guess) & 255;
  }
}

/** Paeth's guess. */
function nearest(left: number, up: number, corner: number): number {
  const sum = left + up - corner;
  const [a, b, c] = [Math.abs(sum - left), Math.abs(sum - up), Math.abs(sum - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
