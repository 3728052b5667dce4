/** Pictures of dashboards: a PNG each, as high as its dashboard is. */
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { browserAt, type Browser } from "./browser";
import { measuringPage, picturePage, widthOf, type Subject } from "./picture-page";
import type { Window } from "./prometheus";

/** Chromium draws no higher picture, in pixels. */
const HIGHEST = 16_000;

/** A subject, and the file that its picture goes to. */
export interface Order extends Subject {
  file: string;
}

/**
 * Makes the pictures, one after the other.
 *
 * @param say gets the name of each while it is made
 * @returns the files
 * @throws Error when the browser does not start or does not draw
 */
export async function takePictures(
  path: string,
  orders: readonly Order[],
  window: Window,
  say: (slug: string) => void = () => undefined,
): Promise<string[]> {
  const [first] = orders;
  if (first === undefined) return [];
  await mkdir(dirname(first.file), { recursive: true });
  // Beside the pictures: a browser that is a snap does not see the machine's /tmp.
  const work = await mkdtemp(join(dirname(first.file), "work-"));
  try {
    const browser = browserAt(path, join(work, "profile"));
    const page = await written(join(work, "all.html"), measuringPage(orders, window));
    const heights = heightsIn(await browser.content(page, widthOf(orders)), orders.length);
    for (const [index, order] of orders.entries()) {
      say(order.slug);
      await one(browser, order, heights[index] ?? HIGHEST, window, work);
    }
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
  return orders.map(({ file }) => file);
}

async function one(
  browser: Browser,
  order: Order,
  height: number,
  window: Window,
  work: string,
): Promise<void> {
  await mkdir(dirname(order.file), { recursive: true });
  await rm(order.file, { force: true });
  const page = await written(join(work, "page.html"), picturePage(order, window));
  await browser.picture(page, order.file, widthOf([order]), Math.min(height, HIGHEST));
  // Chromium ends with 0 also where it could not write.
  await stat(order.file).catch(() => {
    throw new Error(`the browser made no picture of ${order.slug}`);
  });
}

async function written(file: string, text: string): Promise<string> {
  await writeFile(file, text);
  return pathToFileURL(file).href;
}

/** Pixels of each subject, from what the measuring page says. */
export function heightsIn(dom: string, subjects: number): number[] {
  const [, text = ""] = /data-heights="([\d ]+)"/.exec(dom) ?? [];
  const heights = text.split(" ").map(Number);
  if (text === "" || heights.length !== subjects) {
    throw new Error("the browser did not measure the page of dashboards");
  }
  return heights;
}
