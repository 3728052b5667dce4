import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Engine } from "./engine";
import type { Provider } from "./provider";
import { service } from "./server";

/** Messages of this size carry a large state; gRPC's own limit is 4 MB. */
const maxMessageBytes = 400 * 1024 * 1024;

/** Serves `provider` until the engine ends the process; prints the port, as the engine expects. */
export function serve(provider: Provider, args = process.argv.slice(2)): void {
  const engine = new Engine();
  const address = engineAddress(args);
  if (address !== undefined) engine.connect(address);

  const server = new grpc.Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  server.addService(ResourceProviderService, service(provider, engine));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
      console.error(`the ${provider.name} stand-in cannot listen on 127.0.0.1: ${error.message}`);
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
  });
  exitWithParent();
}

/** The first argument that is not a flag of the engine's own. */
function engineAddress(args: readonly string[]): string | undefined {
  const traced = args.indexOf("--tracing");
  return args.find((arg, i) => !arg.startsWith("-") && (traced < 0 || i !== traced + 1));
}

/**
 * A killed engine cannot end its plugins: leave when the parent is another than the launcher saw, or
 * than at the start.
 */
function exitWithParent(): void {
  const parent = Number(process.env["FLOWER_MONITORING_ENGINE_PID"] ?? process.ppid);
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, 2000).unref();
}
