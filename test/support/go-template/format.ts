/** Numbers as Go prints them. */

/** `%g` of the shortest text that reads back the same, as `{{ $value }}` has it. */
export function shortest(value: number): string {
  if (!Number.isFinite(value)) return special(value);
  if (value === 0) return zero(value);
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  const power = Number(exponent);
  return power < -4 || power >= 6 ? `${digits}e${withTwoDigits(power)}` : String(value);
}

/** `%.<precision>g`. */
export function general(given: number, precision: number): string {
  if (!Number.isFinite(given)) return special(given);
  if (given === 0) return zero(given);
  const value = toEven(given, precision - 1 - Math.floor(Math.log10(Math.abs(given))));
  const [digits = "", exponent = ""] = value.toExponential(precision - 1).split("e");
  const power = Number(exponent);
  const cut = (text: string): string =>
    text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  if (power < -4 || power >= precision) return `${cut(digits)}e${withTwoDigits(power)}`;
  return cut(value.toFixed(Math.max(0, precision - 1 - power)));
}

/** `%.<precision>f`. */
export function fixed(value: number, precision: number): string {
  return Number.isFinite(value) ? toEven(value, precision).toFixed(precision) : special(value);
}

/** A number that lies exactly between two of so many decimals as the even one; JavaScript rounds it up. */
function toEven(value: number, decimals: number): number {
  const scaled = Math.abs(value) * 10 ** decimals;
  const tie = scaled % 1 === 0.5 && Math.floor(scaled) % 2 === 0;
  return tie ? (Math.sign(value) * Math.floor(scaled)) / 10 ** decimals : value;
}

function zero(value: number): string {
  return Object.is(value, -0) ? "-0" : "0";
}

function special(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

function withTwoDigits(power: number): string {
  return `${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** `printf` with the verbs that texts of alerts need. */
export function printf(
  format: string,
  args: readonly (string | number | bigint | boolean | undefined)[],
): string {
  let next = 0;
  const text = format.replace(
    /%(?:%|(?:\.(\d+))?([a-z]))/g,
    (verb, digits?: string, kind?: string) => {
      if (verb === "%%") return "%";
      const argument = args[next++];
      const precision = digits === undefined ? undefined : Number(digits);
      if (kind === "s" && typeof argument === "string") return argument;
      if (kind === "v" && precision === undefined) return print(argument);
      if (typeof argument === "number" && kind === "f") return fixed(argument, precision ?? 6);
      if (typeof argument === "number" && kind === "g") {
        return precision === undefined ? shortest(argument) : general(argument, precision);
      }
      throw new Error(`printf: ${verb} of ${String(argument)} is not among what texts may use`);
    },
  );
  if (next !== args.length)
    throw new Error(`printf: ${format} does not take ${args.length} values`);
  return text;
}

/** A value in a text. What is missing says so, where the dialect has not made it empty before. */
export function print(value: string | number | bigint | boolean | undefined): string {
  if (value === undefined) return "<no value>";
  return typeof value === "number" ? shortest(value) : String(value);
}
