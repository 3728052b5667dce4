/** The page's own style: nothing is loaded from anywhere. Light or dark as the reader's machine is. */
export const STYLE = `
:root { color-scheme: light dark; --back: #f4f5f7; --card: #fff; --ink: #1d1f23; --soft: #5c626b; --line: #d8dbe0; --bar: #0072b2; --warn: #b34a00; }
@media (prefers-color-scheme: dark) { :root { --back: #111217; --card: #1b1d24; --ink: #e4e6eb; --soft: #9aa0aa; --line: #33363f; --bar: #56b4e9; --warn: #ff9a4d; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 16px; background: var(--back); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 20px; margin: 36px 0 4px; } h3 { font-size: 15px; margin: 0 0 8px; }
h4 { font-size: 13px; margin: 18px 0 8px; color: var(--soft); text-transform: uppercase; letter-spacing: .05em; }
small, .soft { color: var(--soft); font-weight: normal; }
nav a { display: inline-block; margin: 2px 12px 2px 0; } a { color: var(--bar); }
.row { display: grid; grid-template-columns: repeat(24, minmax(0, 1fr)); gap: 12px; }
.panel { grid-column: span var(--w); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 12px; min-width: 0; }
.panel p { color: var(--soft); font-size: 13px; margin: 8px 0 4px; }
.none { padding: 18px 8px; text-align: center; color: var(--soft); border: 1px dashed var(--line); border-radius: 4px; }
.numbers { display: flex; flex-wrap: wrap; gap: 8px 24px; } .number b { display: block; font-size: 26px; line-height: 1.1; }
.number span { color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
.chart { position: relative; } .chart svg { width: 100%; display: block; border: 1px solid var(--line); }
.chart span { position: absolute; left: 1px; top: 1px; padding: 0 3px; background: var(--card); font-size: 11px; color: var(--soft); } .chart span + span { top: auto; bottom: 1px; }
polyline { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; } .zero { stroke: var(--line); vector-effect: non-scaling-stroke; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 13px; } th { text-align: left; color: var(--soft); font-weight: normal; }
th, td { padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top; } .legend td, .bars td { overflow-wrap: anywhere; }
.legend td:not(:first-child), .bars td:last-child { text-align: right; white-space: nowrap; } .legend th:not(:first-child) { text-align: right; }
.legend i { display: inline-block; width: 14px; height: 4px; margin-right: 6px; vertical-align: middle; }
.bars td:first-child { width: 40%; } .bar { width: 40%; } .bar i { display: block; height: 14px; margin-top: 3px; background: var(--bar); border-radius: 2px; }
.states td:first-child { width: 30%; white-space: normal; overflow-wrap: anywhere; } .states td:nth-child(2) { width: 55%; }
.mark { display: inline-block; width: .7em; height: .7em; border-radius: 50%; margin-right: .35em; }
td { white-space: nowrap; } .legend td:first-child, .bars td:first-child { white-space: normal; }
.more { color: var(--soft); font-size: 12px; margin-top: 4px; }
details { font-size: 13px; } summary { cursor: pointer; color: var(--soft); padding: 4px 0; }
dl { margin: 4px 0; } dd { margin: 0 0 8px; } code { display: block; font: 12px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; } .sent { color: var(--soft); margin-top: 4px; }
.bad, .panel p.bad { color: var(--warn); font-weight: 600; }
@media (max-width: 768px) { body { padding: 8px; } .panel { grid-column: 1 / -1; } h2 { margin-top: 28px; } }
`;
