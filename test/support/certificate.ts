import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runner/run";

/** A certificate that is its own authority's, for an IP address and two days; PEM texts. */
export async function certificateFor(address: string): Promise<{ key: string; cert: string }> {
  const directory = await mkdtemp(join(tmpdir(), "flower-monitoring-certificate-"));
  const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
  await run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-days", "2", "-subj", "/CN=test", "-addext", `subjectAltName=IP:${address}`],
    ...["-keyout", key, "-out", cert],
  ]);
  const texts = { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
  await rm(directory, { recursive: true });
  return texts;
}
