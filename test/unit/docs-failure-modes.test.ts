/** docs/failure-modes.md: each section says what is seen, and what it names is there. */
import { describe, expect, test } from "vitest";
import { TITLES } from "../../dashboards/slugs";
import { everyAlert } from "../../rules";
import { inventory } from "../rules/alert-case";
import { exists, text } from "../support/documents";
import { codeSpans } from "../support/markdown";
import { panelsOf } from "../support/panels";
import { recordedScrapes } from "../support/scrapes";

const PAGE = "docs/failure-modes.md";

interface Section {
  title: string;
  /** Text of each `- **Name**: ...`, over all of its lines. */
  items: Record<string, string>;
}

/** Sections below a heading of the second level, by its beginning. */
function sectionsOf(chapter: string): Section[] {
  const [, body = ""] = text(PAGE).split(new RegExp(`^## ${chapter}.*$`, "m"));
  const [own = ""] = body.split(/^## /m);
  return own
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [title = "", ...lines] = section.split("\n");
      const found = lines.join("\n").matchAll(/^- \*\*(\w+)\*\*: ([\s\S]*?)(?=^- |(?![\s\S]))/gm);
      const items: Record<string, string> = {};
      for (const [, name = "", said = ""] of found) items[name] = said;
      return { title, items };
    });
}

const spans = (item = ""): string[] => codeSpans(item).map((span) => span.text);

const failures = sectionsOf("Seven");
const mistakes = sectionsOf("Six");
const metrics = new Set([...recordedScrapes().keys(), "up", "scrape_samples_scraped"]);
const alerts = new Set(everyAlert(inventory).flatMap((group) => group.alerts.map((a) => a.alert)));
const panels = new Set(
  Object.entries(TITLES).flatMap(([slug, title]) =>
    panelsOf(slug).map((panel) => `${title}: "${panel.title}"`),
  ),
);

/** A metric's name, also where it stands with its labels. */
const looksLikeMetric = (span: string): boolean =>
  /^(up$|fl_|flower_monitoring_|DCGM_|process_|scrape_)/.test(span);

test("has the seven failures and the six mistakes", () => {
  expect(failures).toHaveLength(7);
  expect(mistakes).toHaveLength(6);
});

describe.each([...failures, ...mistakes])("$title", ({ items }) => {
  test("names a test that exists, or several", () => {
    const files = spans(items["Test"]).filter((span) => span.includes("/"));
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !exists(file))).toEqual([]);
  });

  test("names metrics that are really exported", () => {
    const named = spans(items["Metric"]).filter(looksLikeMetric);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !metrics.has(name))).toEqual([]);
  });
});

describe.each(failures)("$title", ({ items }) => {
  test("names alerts that can fire, panels that are drawn, and what to do", () => {
    const named = spans(items["Alert"]).filter((span) => /^[A-Z]/.test(span));
    expect(named.filter((name) => !alerts.has(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
    const drawn = (items["Panel"] ?? "").trim().replace(/\s+/g, " ").split("; ");
    expect(drawn.filter((panel) => !panels.has(panel))).toEqual([]);
    expect(items["Do"]?.length).toBeGreaterThan(20);
  });
});

test.each(mistakes)("$title: says what is done instead", ({ items }) => {
  expect(items["Instead"]?.length).toBeGreaterThan(20);
});

test("all other metrics and tests that the page names are there too", () => {
  const all = spans(text(PAGE));
  const named = all.filter((span) => looksLikeMetric(span) && !span.includes("="));
  expect(named.filter((name) => !metrics.has(name))).toEqual([]);
  // Nothing else on the page is written so: two capitals or more, no underscore, no file.
  const told = all.filter((span) => /^([A-Z][a-z]+|FL){2,}$/.test(span));
  expect(told.length).toBeGreaterThan(0);
  expect(told.filter((name) => !alerts.has(name))).toEqual([]);
  const files = all.filter((span) => /^(python\/)?tests?\/.*\.(py|ts)$/.test(span));
  expect(files.filter((file) => !exists(file))).toEqual([]);
});
