/** Small charts as SVG: what a reviewer looks at, without axes that nobody reads in a picture this small. */
import { COLOURS } from "../../dashboards/palette";
import { colourFor, escaped, formatted, worded } from "./format";
import type { Look } from "./model";
import type { Series, Window } from "./prometheus";

const WIDTH = 600;
const HEIGHT = 150;

/** Colours of lines, told apart by everybody; the legend repeats them with the values. */
export const LINES = [
  COLOURS.good,
  COLOURS.warning,
  COLOURS.third,
  COLOURS.second,
  COLOURS.first,
  COLOURS.bad,
  COLOURS.neutral,
] as const;

export const colourOf = (index: number): string => LINES[index % LINES.length] ?? LINES[0];

const xOf = (time: number, { start, end }: Window): number =>
  (WIDTH * (time - start)) / (end - start);

/** Lines over time, with the largest and the smallest value at the left. */
export function lineChart(series: Series[], window: Window, unit: string): string {
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const finite = values.filter(Number.isFinite);
  const top = Math.max(...finite, 0);
  const bottom = Math.min(...finite, 0);
  const height = top === bottom ? 1 : top - bottom;
  const yOf = (value: number): number => HEIGHT - 4 - ((HEIGHT - 8) * (value - bottom)) / height;
  const paths = series.map(({ points }, index) =>
    pieces(points, window.step)
      .map((piece) =>
        piece.map(([time, value]) => `${round(xOf(time, window))},${round(yOf(value))}`),
      )
      .map((piece) => line(piece, colourOf(index)))
      .join(""),
  );
  const label = `from ${formatted(bottom, unit)} to ${formatted(top, unit)}`;
  return svg(
    label,
    `<line x1="0" x2="${WIDTH}" y1="${round(yOf(0))}" y2="${round(yOf(0))}" class="zero"/>${paths.join("")}`,
    [formatted(top, unit), formatted(bottom, unit)],
  );
}

/** A single point is a dot; a line needs two. */
function line(piece: string[], colour: string): string {
  const [only] = piece;
  if (piece.length === 1 && only !== undefined) {
    const [x, y] = only.split(",");
    return `<circle cx="${x}" cy="${y}" r="2.5" fill="${colour}"/>`;
  }
  return `<polyline points="${piece.join(" ")}" stroke="${colour}"/>`;
}

/** A line ends where points are missing or are no numbers. */
function pieces(points: Series["points"], step: number): Series["points"][] {
  const found: Series["points"][] = [];
  let before = -Infinity;
  for (const point of points) {
    if (!Number.isFinite(point[1])) continue;
    if (point[0] - before > 1.5 * step) found.push([]);
    found.at(-1)?.push(point);
    before = point[0];
  }
  return found;
}

/** States over time as one band, each state with its word when a finger or pointer is on it. */
export function band({ points }: Series, window: Window, look: Look): string {
  const height = 18;
  const width = (WIDTH * window.step) / (window.end - window.start);
  const states = points.map(([time, value]) => {
    const x = xOf(time, window);
    const place = `x="${round(x)}" y="0" width="${round(Math.min(width, WIDTH - x) + 0.4)}" height="${height}"`;
    const colour = colourFor(value, look) ?? COLOURS.neutral;
    return `<rect ${place} fill="${colour}"><title>${escaped(worded(value, look))}</title></rect>`;
  });
  return svg("states over time", states.join(""), [], height);
}

/** Buckets over time: the darker, the more. */
export function heatChart(series: Series[], window: Window): string {
  const edges = series
    .map(({ labels, points }) => ({
      edge: Number((labels["le"] ?? "").replace("+Inf", "Infinity")),
      points,
    }))
    .sort((a, b) => a.edge - b.edge);
  const counts = edges.map(({ points }, index) => {
    const below = new Map(edges[index - 1]?.points ?? []);
    return points.map(([time, value]): [number, number] => [time, value - (below.get(time) ?? 0)]);
  });
  const most = Math.max(...counts.flat().map(([, count]) => count), 1e-9);
  const height = HEIGHT / Math.max(edges.length, 1);
  const width = (WIDTH * window.step) / (window.end - window.start);
  const cells = counts.flatMap((row, index) =>
    row
      .filter(([, count]) => count > 0)
      .map(
        ([time, count]) =>
          `<rect x="${round(xOf(time, window))}" y="${round(HEIGHT - (index + 1) * height)}" width="${round(width)}" height="${round(height)}" fill="${COLOURS.good}" fill-opacity="${round(Math.sqrt(count / most))}"/>`,
      ),
  );
  return svg("how often which duration was seen", cells.join(""), [
    formatted(edges.at(-2)?.edge ?? 0, "s"),
    "0 s",
  ]);
}

function svg(label: string, content: string, scale: string[], height = HEIGHT): string {
  const [top = "", bottom = ""] = scale.map(escaped);
  const texts = scale.length === 0 ? "" : `<span>${top}</span><span>${bottom}</span>`;
  return `<div class="chart"><svg viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none" style="height:${height}px" role="img" aria-label="${escaped(label)}">${content}</svg>${texts}</div>`;
}

const round = (value: number): number => Math.round(10 * value) / 10;
