import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Outcome, Step } from "./outcome";

/** Turns the engine's event stream into steps, failures and diagnostics. */
export class EventLog {
  private readonly steps = new Map<string, Step>();
  private readonly failures: Record<string, string> = {};
  private readonly diagnostics: Outcome["diagnostics"] = [];

  /** Takes one event; returns the step that it begins, when it begins one worth telling. */
  add(event: EngineEvent): Step | undefined {
    const { resourcePreEvent, resOpFailedEvent, diagnosticEvent } = event;
    if (resourcePreEvent !== undefined) {
      const step = toStep(resourcePreEvent.metadata);
      if (isInternal(step.type)) return undefined;
      this.steps.set(`${step.urn} ${step.op}`, step);
      return step.op === "same" ? undefined : step;
    }
    if (resOpFailedEvent !== undefined) {
      const { urn } = resOpFailedEvent.metadata;
      this.failures[nameOf(urn)] ??= "";
    }
    if (diagnosticEvent !== undefined) this.addDiagnostic(diagnosticEvent);
    return undefined;
  }

  result(): Pick<Outcome, "steps" | "failures" | "diagnostics"> {
    return {
      steps: [...this.steps.values()],
      failures: this.failures,
      diagnostics: this.diagnostics,
    };
  }

  private addDiagnostic(event: { urn?: string; message: string; severity: string }): void {
    if (event.severity === "debug" || event.severity === "info#err") return;
    const message = event.message.replace(/<\{%[^%]*%\}>/g, "").trim();
    // The Node SDK's echo of a failed step, which the engine has told already.
    if (message === "" || /^Unhandled exception: .* failed to register/.test(message)) return;
    this.diagnostics.push({ severity: event.severity, message });
    if (event.urn !== undefined && event.severity === "error" && !isInternal(typeOf(event.urn))) {
      const name = nameOf(event.urn);
      const said = this.failures[name] ?? "";
      this.failures[name] = said === "" ? message : `${said}\n${message}`;
    }
  }
}

interface Metadata {
  op: string;
  urn: string;
  type: string;
  diffs?: string[];
  detailedDiff?: Record<string, unknown>;
}

function toStep(metadata: Metadata): Step {
  return {
    op: metadata.op,
    urn: metadata.urn,
    type: metadata.type,
    name: nameOf(metadata.urn),
    diffs: [...new Set([...(metadata.diffs ?? []), ...Object.keys(metadata.detailedDiff ?? {})])],
  };
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

function typeOf(urn: string): string {
  return urn.split("::").at(-2)?.split("$").at(-1) ?? "";
}

/** The stack itself and providers come with every run and say nothing about a change. */
function isInternal(type: string): boolean {
  return type === "pulumi:pulumi:Stack" || type.startsWith("pulumi:providers:");
}
