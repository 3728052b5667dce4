/** Pictures of `make report`: options, pages that are drawn, the browser that is asked. */
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dashboardJson, dashboards } from "../../dashboards";
import { browserAt, browserOnPath } from "../../lab/report/browser";
import type { DashboardReport } from "../../lab/report/collect";
import { drawingsOf } from "../../lab/report/drawings";
import { dashboardModels, modelOf, type DashboardModel } from "../../lab/report/model";
import { optionsOf } from "../../lab/report/options";
import { measuringPage, picturePage, widthOf } from "../../lab/report/picture-page";
import { heightsIn, takePictures } from "../../lab/report/pictures";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "flower-monitoring-report-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const window = { start: 0, end: 60, step: 20 };

/** A dashboard of which nothing was found. */
function unanswered(model: DashboardModel): DashboardReport {
  const rows = model.rows.map(({ heading, panels }) => ({
    heading,
    panels: panels.map((panel) => ({ panel, answers: [] })),
  }));
  return { model, values: {}, rows, annotations: [] };
}

/** As an export has it. */
function json(slug: string): string {
  const build = dashboards[slug];
  if (build === undefined) throw new Error(`no dashboard ${slug}`);
  return dashboardJson(build());
}

function modelFor(slug: string, edit = (text: string): string => text): DashboardModel {
  return modelOf(slug, JSON.parse(edit(json(slug))) as Dashboard);
}

const retitled = (text: string): string => text.replaceAll('"Burn rate"', '"Speed"');

describe("options of the report", () => {
  const lab = "http://lab:9090";

  it("are the page of the lab's Prometheus where nothing is given", () => {
    expect(optionsOf([], lab)).toEqual({
      ...{ prometheus: lab, minutes: 15, installBrowser: false },
      out: join(process.cwd(), "dashboards.html"),
    });
    expect(optionsOf(["--help"], lab)).toBeUndefined();
  });

  it("have a page beside pictures only where it is asked for", () => {
    expect(optionsOf(["--recorded", "--pictures", "/p"], lab)).toEqual({
      ...{ minutes: 1, installBrowser: false },
      wanted: { pictures: "/p" },
    });
    expect(optionsOf(["--pictures", "/p", "--out", "/p/x.html"], lab)?.out).toBe("/p/x.html");
    expect(optionsOf(["--changes", "/a", "--changes", "/b"], lab)?.wanted).toEqual({
      changes: ["/a", "/b"],
    });
  });

  it.each([
    ["--minutes", "none"],
    ["--recorded", "--prometheus", "http://x"],
    ["--pictures", "/p", "--changes", "/a"],
  ])("are refused: %s %s %s", (...args) => {
    expect(() => optionsOf(args, lab)).toThrow(/^--\w+/);
  });
});

describe("what is drawn", () => {
  function writeExport(name: string, files: Record<string, string>): void {
    const at = join(directory, name, "dashboards");
    mkdirSync(at, { recursive: true });
    for (const [slug, text] of Object.entries(files)) writeFileSync(join(at, `${slug}.json`), text);
  }

  it("is every dashboard, each in a file of its slug", () => {
    const models = dashboardModels();
    const drawings = drawingsOf({ pictures: "/p" }, models);
    expect(drawings.map(({ file }) => file)).toEqual(models.map(({ slug }) => `/p/${slug}.png`));
    expect(drawingsOf(undefined, models)).toEqual([]);
  });

  it("are dashboards that look another way after a change, as both exports have them", () => {
    const linked = json("hosts").replaceAll("/d/flower-monitoring-", "/d/other-");
    writeExport("base", { slos: json("slos"), hosts: json("hosts"), gpu: json("gpu") });
    writeExport("head", {
      ...{ slos: retitled(json("slos")), hosts: linked, gpu: json("gpu") },
      alerts: json("alerts"),
    });
    expect(linked).not.toBe(json("hosts"));
    const drawings = drawingsOf({ changes: [directory] }, []);
    expect(drawings.map(({ slug, sides }) => [slug, ...sides.map((one) => one.heading)])).toEqual([
      ["slos", "Before", "After"],
      ["alerts", "New"],
    ]);
    expect(drawings[0]?.file).toBe(join(directory, "pictures", "slos.png"));
    expect(drawings[0]?.sides[0]?.model).toEqual(modelFor("slos"));
  });

  it("has a table's columns as Grafana has them, also from an export", () => {
    const columns = (model: DashboardModel | undefined) =>
      model?.rows.flatMap(({ panels }) => panels.map((panel) => panel.columns));
    const models = dashboardModels();
    expect(columns(modelFor("slos"))).toEqual(columns(models.find(({ slug }) => slug === "slos")));
  });

  it("is nothing where there is no export", () => {
    expect(() => drawingsOf({ changes: [directory] }, [])).toThrow(/there is no export in .*head/);
  });
});

describe("a page that is drawn", () => {
  const sides = [
    { heading: "Before", report: unanswered(modelFor("slos")) },
    { heading: "After", report: unanswered(modelFor("slos", retitled)) },
  ];

  it("has one dashboard alone, without what is above all of them", () => {
    const html = picturePage({ slug: "slos", sides: sides.slice(0, 1) }, window);
    expect(html.match(/<h2/g)).toHaveLength(1);
    expect(html).not.toMatch(/<nav>|<script>|class="panel marked"/);
  });

  it("marks the panels in which two sides differ", () => {
    const html = picturePage({ slug: "slos", sides }, window);
    const marked = [...html.matchAll(/<article class="panel marked"[^>]*>\n<h3>([\w ]+) </g)];
    expect(marked.map(([, title]) => title)).toEqual(["Burn rate", "Speed"]);
  });

  it("is as wide as its sides, and measured as wide as the widest", () => {
    const one = { slug: "a", sides: sides.slice(0, 1) };
    expect([widthOf([one]), widthOf([one, { slug: "b", sides }])]).toEqual([1200, 2400]);
    expect(measuringPage([one, one], window).match(/<main/g)).toHaveLength(2);
  });

  it("tells its heights, or that is an error", () => {
    expect(heightsIn('<html data-heights="1200 87">', 2)).toEqual([1200, 87]);
    expect(() => heightsIn('<html data-heights="1200">', 2)).toThrow(/did not measure/);
    expect(() => heightsIn("<html>", 0)).toThrow(/did not measure/);
  });
});

describe("the browser", () => {
  function write(name: string, script: string): string {
    const file = join(directory, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  it("is the first one on PATH, or one line says what to install", () => {
    expect(() => browserOnPath(directory)).toThrow(
      "no browser: none of google-chrome, chromium, chromium-browser is on PATH; install one (in Debian: apt-get install chromium)",
    );
    const last = write("chromium-browser", "");
    expect(browserOnPath(directory)).toBe(last);
    const first = write("google-chrome", "");
    expect(browserOnPath(directory)).toBe(first);
  });

  it("gives up its sandbox as root alone", async () => {
    const tells = write("chromium", 'echo "$@"');
    const asked = (uid: number): Promise<string> =>
      browserAt(tells, "/profile", uid).content("file:///page", 1200);
    expect(await asked(0)).toContain("--no-sandbox");
    expect(await asked(1000)).not.toContain("--no-sandbox");
    expect(await asked(1000)).toContain("--window-size=1200,");
  });

  it("that dies tells in one line of what", async () => {
    const dies = write(
      "chromium",
      `echo "[1:2:ERROR:bus.cc] no bus" >&2; echo "$SAID" >&2; echo "#0 0x55" >&2; exit 5`,
    );
    const asked = (): Promise<string> => browserAt(dies, "/profile").content("file:///page", 1200);
    process.env["SAID"] = "[1:1:FATAL:zygote.cc] No usable sandbox!";
    await expect(asked()).rejects.toThrow(`${dies}: [1:1:FATAL:zygote.cc] No usable sandbox!`);
    delete process.env["SAID"];
    await expect(asked()).rejects.toThrow(`${dies}: exit code 5`);
  });

  it("that draws nothing is an error, and leaves nothing behind", async () => {
    const silent = write("chromium", "echo '<html data-heights=\"100\">'");
    const order = {
      slug: "slos",
      file: join(directory, "out", "slos.png"),
      sides: [{ report: unanswered(modelFor("slos")) }],
    };
    await expect(takePictures(silent, [order], window)).rejects.toThrow(
      "the browser made no picture of slos",
    );
    expect(readdirSync(join(directory, "out"))).toEqual([]);
  });
});
