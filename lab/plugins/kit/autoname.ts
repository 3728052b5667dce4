import { randomBytes } from "node:crypto";
import type { Props } from "./property";
import type { Failure } from "./schema";

const generated = /-[0-9a-f]{7}$/;

/**
 * Gives a resource without a name one: the program's name, a dash, seven hex digits. A name once
 * given stays.
 */
export function autoname(inputs: Props, old: Props, op: { name: string }): Failure[] {
  if (inputs["name"] !== undefined) return [];
  const before = old["name"];
  const ours = typeof before === "string" && before.startsWith(`${op.name}-`);
  inputs["name"] = ours ? before : `${op.name}-${randomBytes(4).toString("hex").slice(0, 7)}`;
  return [];
}

/**
 * True when the program chose the name and keeps it: a replacement must then delete first, as bridged
 * plugins do, because two things of one name cannot be.
 */
export function nameStays(old: { state: Props }, wanted: Props): boolean {
  const { name } = wanted;
  return typeof name === "string" && name === old.state["name"] && !generated.test(name);
}
