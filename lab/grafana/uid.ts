import { randomBytes } from "node:crypto";
import { invalid } from "./errors";

/** The uid given, or a new one; `what` names the thing in the refusal. */
export function uidOf(given: unknown, what = "uid"): string {
  if (given === undefined || given === null || given === "") return randomBytes(7).toString("hex");
  if (typeof given !== "string") throw invalid(`${what} must be a string`);
  if (given.length > 40) throw invalid(`${what} too long, max 40 characters`);
  if (!/^[a-zA-Z0-9\-_]+$/.test(given)) throw invalid(`${what} contains illegal characters`);
  return given;
}

/** A JSON value as text, for messages and pages. */
export function textOf(value: unknown, otherwise = ""): string {
  if (value === undefined || value === null) return otherwise;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The text in a link: lower case, words joined by dashes. */
export function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
