/** Stand-in for NVIDIA's DCGM exporter: see docs/lab.md for what it does not prove. */
import { inject } from "./faults";
import { readOptions } from "./options";
import { serve } from "./server";

function main([first = "", ...rest]: string[]): void {
  if (first === "fault") return inject(rest);
  const options = readOptions(first === "" ? [] : [first, ...rest], process.env);
  const server = serve(options);
  process.on("SIGTERM", () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
  console.error(`Stand-in for the DCGM exporter: ${options.gpus} GPUs on ${options.address}`);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
