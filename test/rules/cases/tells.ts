import { everyAlert } from "../../../rules";
import { inventory, told, type Fired } from "../alert-case";

/**
 * An alert as it is told: its own texts, with these labels and this value in them. The labels, the value
 * and its form are what a case checks; the words are told once, in the rule.
 * @param labels without `severity`
 * @param value as it is to be read, such as `95%`; the same in each place of the texts
 * @throws Error for an alert that does not exist, a label that is not given, or a text with conditions
 */
export function tells(name: string, labels: Record<string, string>, value = ""): Fired {
  const alert = everyAlert(inventory)
    .flatMap(({ alerts }) => alerts)
    .find((one) => one.alert === name);
  const filled = (text = ""): string =>
    text.replaceAll(/\{\{(.*?)\}\}/g, (_whole, action: string) =>
      fill(action.trim(), labels, value),
    );
  return told(name, labels, {
    summary: filled(alert?.summary),
    description: filled(alert?.description),
  });
}

function fill(action: string, labels: Record<string, string>, value: string): string {
  const [, label] = /^\$labels\.(\w+)$/.exec(action) ?? [];
  if (label !== undefined && labels[label] !== undefined) return labels[label];
  if (/^\$value( \| \w+)?$/.test(action) && value !== "") return value;
  throw new Error(`nothing is given for {{ ${action} }}`);
}
