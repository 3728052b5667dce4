import { createReceiver } from "./server";

const PORT = 8080;

const server = createReceiver();
server.listen(PORT, () => process.stdout.write(`receiver: listening on :${PORT}\n`));
// As process 1 of a container nothing else ends it: Node has no default handler there.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => server.close(() => process.exit(0)));
}
