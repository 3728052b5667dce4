/** Plays stories to the rules of an inventory, by promtool. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { prometheusTools } from "../../lab/toolchain/prometheus";
import {
  everyAlert,
  prometheusOwn,
  type AlertGroup,
  type Inventory,
  type RecordingGroup,
} from "../../rules";
import { renderPrometheusRules } from "../../rules/prometheus-rules";
import { run } from "../../runner/run";
import { reads } from "../support/promql";
import { INTERVAL, links, series, type Case, type RecordCase } from "./alert-case";

export interface Player {
  /** What promtool says of the rule file, as strictly as it can. */
  check(): Promise<string>;
  /** @throws CommandError with what promtool expected and got */
  runCase(alertname: string, given: Case): Promise<void>;
  /** @throws CommandError with what promtool expected and got */
  runRecordCase(record: string, given: RecordCase): Promise<void>;
  close(): Promise<void>;
}

/** Rules to play with. All that are deployed would take promtool most of its time. */
interface Rules {
  records: RecordingGroup[];
  groups: AlertGroup[];
}

/** The recording rules that expressions read, and those that these read, as they are deployed. */
function recordsFor(expressions: string[], records: RecordingGroup[]): RecordingGroup[] {
  const wanted = new Set<string>();
  const follow = (expr: string): void => {
    for (const { metric } of reads(expr).selectors) {
      if (wanted.has(metric)) continue;
      wanted.add(metric);
      for (const { record, expr: inner } of records.flatMap(({ rules }) => rules)) {
        if (record === metric) follow(inner);
      }
    }
  };
  expressions.forEach(follow);
  const of = (group: RecordingGroup) => group.rules.filter(({ record }) => wanted.has(record));
  return records
    .map((group) => ({ ...group, rules: of(group) }))
    .filter(({ rules }) => rules.length > 0);
}

export async function startPlayer(inventory: Inventory): Promise<Player> {
  const promtool = (await prometheusTools()).promtool.path;
  const directory = await mkdtemp(join(tmpdir(), "flower-monitoring-rules-"));
  const groups = everyAlert(inventory);
  const { records } = prometheusOwn(inventory);

  async function write(name: string, rules: Rules): Promise<string> {
    const file = join(directory, name);
    await writeFile(file, renderPrometheusRules(rules.groups, links, rules.records));
    return file;
  }

  /**
   * Has promtool play a story and compare.
   * @param expected promtool's own form of what is to be there at which moments
   */
  async function play(
    { name, series, interval = INTERVAL }: Pick<Case, "name" | "series" | "interval">,
    rules: Rules,
    expected: object,
  ): Promise<void> {
    const file = join(directory, "case.yml");
    const input_series = Object.entries(series).map(([text, values]) => ({ series: text, values }));
    const content = stringify({
      rule_files: [await write("case-rules.yml", rules)],
      // Without it the order is chance.
      group_eval_order: [...rules.records, ...rules.groups].map((group) => group.name),
      evaluation_interval: interval,
      // To the last digits: increases are estimates.
      fuzzy_compare: true,
      tests: [{ name, interval, input_series, ...expected }],
    });
    await writeFile(file, content);
    await run(promtool, ["test", "rules", file]);
  }

  function rulesOf(alertname: string): Rules {
    const [alert] = groups.flatMap(({ alerts }) => alerts.filter((one) => one.alert === alertname));
    if (alert === undefined) throw new Error(`no alert ${alertname}`);
    return {
      records: recordsFor([alert.expr], records),
      groups: [{ name: alertname, alerts: [alert] }],
    };
  }

  return {
    async check() {
      const lint = ["--lint=all", "--lint-fatal"];
      return (
        await run(promtool, [
          "check",
          "rules",
          ...lint,
          await write("rules.yml", { groups, records }),
        ])
      ).stdout;
    },
    runCase: (alertname, given) =>
      play(given, rulesOf(alertname), {
        alert_rule_test: Object.entries(given.expect).map(([eval_time, fired]) => ({
          eval_time,
          alertname,
          exp_alerts: fired.map(({ labels, annotations }) => ({
            exp_labels: labels,
            exp_annotations: annotations,
          })),
        })),
      }),
    runRecordCase: (record, given) =>
      play(
        given,
        { records: recordsFor([record], records), groups: [] },
        {
          promql_expr_test: Object.entries(given.expect).map(([eval_time, found]) => ({
            eval_time,
            expr: record,
            exp_samples: found.map(({ labels, value }) => ({
              labels: series(record, labels),
              value,
            })),
          })),
        },
      ),
    close: () => rm(directory, { recursive: true }),
  };
}
