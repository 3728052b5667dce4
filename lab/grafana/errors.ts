/** A refusal with the status and message that a real Grafana answers. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Further fields of the answer, such as `status: "version-mismatch"`. */
    readonly fields: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** 400, for what a real Grafana refuses. */
export const invalid = (message: string): Refusal => new Refusal(400, message);

/**
 * 400, for what a real Grafana takes and would only show as broken later: said so in the message, so
 * that nobody looks for it in Grafana's own documentation.
 */
export const stricter = (message: string): Refusal =>
  new Refusal(400, `Grafana stand-in: ${message}`);

/** 404. */
export const missing = (message: string): Refusal => new Refusal(404, message);
