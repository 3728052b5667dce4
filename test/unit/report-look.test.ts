/** How the report shows values, lines and tables. */
import { describe, expect, test } from "vitest";
import { colourFor, formatted, legendOf, worded } from "../../lab/report/format";
import type { Series, Window } from "../../lab/report/prometheus";
import { heatChart, lineChart } from "../../lab/report/svg";
import { tableRows } from "../../lab/report/table";

const window: Window = { start: 0, end: 60, step: 20 };

const series = (labels: Record<string, string>, ...values: number[]): Series => ({
  labels,
  points: values.map((value, index) => [20 * index, value]),
});

describe("values", () => {
  test.each([
    [0.005, "s", "5 ms"],
    [0, "s", "0 s"],
    [90, "s", "1.5 min"],
    [172_800, "s", "2 d"],
    [0.256, "percentunit", "25.6 %"],
    [1536, "bytes", "1.5 KiB"],
    [80_000, "mbytes", "78.13 GiB"],
    [1_234_567, "Bps", "1.235 MB/s"],
    [12_000, "short", "12 k"],
    [0.000123, "none", "0.000123"],
    [65.5, "celsius", "65.5 °C"],
    [1_700_000_000_000, "dateTimeAsLocal", "2023-11-14 22:13:20"],
    [NaN, "s", "NaN"],
    [-Infinity, "short", "-∞"],
  ])("%d in %s is %s", (value, unit, text) => {
    expect(formatted(value, unit)).toBe(text);
  });

  test("have words and colours where the panel gives them", () => {
    const look = {
      unit: "short",
      words: { 1: { text: "online", color: "#0072B2" } },
      steps: [
        { from: -Infinity, color: "#D55E00" },
        { from: 5, color: "#009E73" },
      ],
    };
    expect([worded(1, look), worded(7, look)]).toEqual(["online", "7"]);
    expect(worded(16.03, { ...look, decimals: 0 })).toBe("16");
    expect([1, 0, 7].map((value) => colourFor(value, look))).toEqual([
      "#0072B2",
      "#D55E00",
      "#009E73",
    ]);
    expect(colourFor(1, { ...look, words: {}, steps: [] })).toBeUndefined();
  });

  test("have legends with their labels", () => {
    expect(legendOf("{{name}} {{ node_id }}: {{none}}", { name: "a", node_id: "1" })).toBe("a 1:");
  });
});

describe("charts", () => {
  test("break a line where points are missing or are no numbers", () => {
    const gap: Series = {
      labels: {},
      points: [
        [0, 1],
        [20, 2],
        [60, 3],
      ],
    };
    expect(lineChart([gap], window, "short").match(/<polyline/g)).toHaveLength(1);
    expect(lineChart([gap], window, "short").match(/<circle/g)).toHaveLength(1);
    expect(lineChart([series({}, NaN, NaN)], window, "short")).not.toContain("<polyline");
  });

  test("count in a heat map what each bucket adds to the one below", () => {
    const chart = heatChart(
      [series({ le: "+Inf" }, 4), series({ le: "1" }, 4), series({ le: "5" }, 4)],
      window,
    );
    // All four are below one second.
    expect(chart.match(/<rect/g)).toHaveLength(1);
    expect(chart).toContain('fill-opacity="1"');
  });
});

test("a table has one row for series of all queries that agree in their labels", () => {
  const look = { unit: "short", words: {}, steps: [] };
  const column = (field: string) => ({ ...look, field, title: field });
  const answer = (refId: string, ...found: Series[]) => ({
    query: { refId, expr: "", legend: "", instant: true },
    sent: "",
    series: found,
  });
  const columns = ["name", "location", "Value #A", "Value #B"].map(column);
  const rows = tableRows(columns, [
    answer("A", series({ name: "a" }, 1), series({ name: "b" }, 2)),
    answer("B", series({ name: "b", location: "x" }, 3)),
  ]);
  expect(rows).toEqual([
    ["a", undefined, 1, undefined],
    ["b", "x", 2, 3],
  ]);
  expect(tableRows(["name", "Value"].map(column), [answer("A", series({ name: "a" }, 5))])).toEqual(
    [["a", 5]],
  );
  const sorted = tableRows(
    ["name", "Value"].map(column),
    [answer("A", series({ name: "a" }, 1), series({ name: "b" }, 2))],
    {
      by: "Value",
      descending: true,
    },
  );
  expect(sorted.map(([name]) => name)).toEqual(["b", "a"]);
});
