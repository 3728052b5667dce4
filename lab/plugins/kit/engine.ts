import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Logger } from "./provider";

/** The plugin's line back to the engine: log messages only. */
export class Engine {
  private client: EngineClient | undefined;

  /** `address` is host:port of the engine, given on the command line or by Attach. */
  connect(address: string): void {
    this.client?.close();
    this.client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  logger(urn: string): Logger {
    const send = (severity: LogSeverity, message: string, ephemeral = false): void => {
      const request = new LogRequest().setUrn(urn).setSeverity(severity).setEphemeral(ephemeral);
      // A lost log line must not fail the operation that it tells about.
      this.client?.log(request.setMessage(message), () => undefined);
    };
    return {
      status: (message) => send(LogSeverity.INFO, message, true),
      warn: (message) => send(LogSeverity.WARNING, message),
      error: (message) => send(LogSeverity.ERROR, message),
    };
  }
}
