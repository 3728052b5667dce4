import { readFileSync } from "node:fs";
import { Auth } from "./auth";
import { grafanaServer, shownVersion } from "./server";
import { Store } from "./store";

/**
 * Starts the Grafana stand-in from the environment that a real Grafana's container gets:
 * GF_SERVER_HTTP_ADDR (0.0.0.0), GF_SERVER_HTTP_PORT (3000), GF_PATHS_DATA (/var/lib/grafana),
 * GF_SECURITY_ADMIN_USER (admin), GF_SECURITY_ADMIN_PASSWORD or its `__FILE` (admin).
 */
function main(env: NodeJS.ProcessEnv): void {
  const address = env["GF_SERVER_HTTP_ADDR"] ?? "0.0.0.0";
  const port = Number(env["GF_SERVER_HTTP_PORT"] ?? 3000);
  const store = new Store(env["GF_PATHS_DATA"] ?? "/var/lib/grafana");
  const auth = new Auth(store, env["GF_SECURITY_ADMIN_USER"] ?? "admin", adminPassword(env));
  const server = grafanaServer(store, auth);
  server.listen(port, address, () => {
    console.log(`grafana stand-in ${shownVersion} listens on ${address}:${port}`);
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      server.close(() => process.exit(0));
      server.closeIdleConnections();
    });
  }
}

function adminPassword(env: NodeJS.ProcessEnv): string {
  const file = env["GF_SECURITY_ADMIN_PASSWORD__FILE"];
  if (file === undefined || file === "") return env["GF_SECURITY_ADMIN_PASSWORD"] ?? "admin";
  const password = readFileSync(file, "utf8").replace(/\r?\n$/, "");
  if (password === "") throw new Error(`GF_SECURITY_ADMIN_PASSWORD__FILE: ${file} is empty`);
  return password;
}

main(process.env);
