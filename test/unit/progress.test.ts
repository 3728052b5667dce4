import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { step, timings } from "../../runner/progress";

/** Runs a step and returns what it printed. */
async function printed(work: (say: (text: string) => void) => Promise<unknown>, heartbeatMs = 50) {
  const lines: string[] = [];
  const options = { heartbeatMs, print: (line: string) => lines.push(line) };
  await step("a label", work, options).catch(() => undefined);
  return lines;
}

describe("step", () => {
  test("prints the start and the end with the seconds, and returns the result", async () => {
    const lines: string[] = [];
    const result = await step("a label", () => Promise.resolve(7), {
      print: (line) => lines.push(line),
    });
    expect(result).toBe(7);
    expect(lines).toEqual([
      "[ .... ] a label",
      expect.stringMatching(/^\[ done \] a label \(0\.\d s\)$/),
    ]);
  });

  test("shows every heartbeat with the last detail while it works", async () => {
    const lines = await printed(async (say) => {
      say("early");
      say("now compiling");
      await sleep(180);
    });
    const beats = lines.slice(1, -1);
    expect(beats.length).toBeGreaterThanOrEqual(2);
    for (const beat of beats) expect(beat).toMatch(/^\[ +\d+s \] a label: now compiling$/);
  });

  test("keeps a detail on one short line", async () => {
    const lines = await printed(async (say) => {
      say(`two\nlines ${"x".repeat(500)}`);
      await sleep(80);
    });
    expect(lines[1]).toContain("two lines xxx");
    expect(lines[1]?.length).toBeLessThan(110);
  });

  test("says FAIL, passes the error on and beats no more", async () => {
    const lines: string[] = [];
    const broken = step("a label", () => Promise.reject(new Error("broken")), {
      heartbeatMs: 20,
      print: (line) => lines.push(line),
    });
    await expect(broken).rejects.toThrow("broken");
    expect(lines.at(-1)).toMatch(/^\[ FAIL \] a label/);
    const count = lines.length;
    await sleep(80);
    expect(lines).toHaveLength(count);
  });

  test("keeps each phase for the summary, with how it went", async () => {
    const before = timings().length;
    await step("good", () => sleep(30), { print: () => undefined });
    await step("bad", () => Promise.reject(new Error()), { print: () => undefined }).catch(() => 0);
    const [good, bad] = timings().slice(before);
    expect(good).toMatchObject({ label: "good", ok: true });
    expect(good?.seconds).toBeGreaterThanOrEqual(0.025);
    expect(bad).toMatchObject({ label: "bad", ok: false });
  });
});
