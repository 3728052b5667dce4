import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { officialImages, versions } from "../components/versions";
import { run } from "../runner/run";
import { REPO } from "./engine/project";

/** A CycloneDX component, as far as it is written here. */
interface Component {
  type: "application" | "library" | "container";
  name: string;
  version: string;
  purl: string;
}

interface Bom {
  components: Component[];
  [key: string]: unknown;
}

/** Programs that hosts get as releases, and the package that the Flower exporter is served by. */
const ON_HOSTS: Component[] = [
  github("prometheus/node_exporter", versions.nodeExporter),
  github("google/cadvisor", versions.cadvisor),
  {
    type: "library",
    name: "prometheus_client",
    version: versions.prometheusClient,
    purl: `pkg:pypi/prometheus-client@${versions.prometheusClient}`,
  },
];

function github(repository: string, version: string): Component {
  const [, name = ""] = repository.split("/");
  return { type: "application", name, version, purl: `pkg:github/${repository}@v${version}` };
}

/** An image by its tag, and its digest where one is known. */
function image(reference: string): Component {
  const [tagged = "", digest] = reference.split("@");
  const [, repository = "", version = ""] = /^(.+):([^:/]+)$/.exec(tagged) ?? [];
  const name = repository.split("/").at(-1) ?? "";
  const at = digest === undefined ? version : encodeURIComponent(digest);
  const query = `repository_url=${repository}&tag=${version}`;
  return { type: "container", name, version, purl: `pkg:oci/${name}@${at}?${query}` };
}

/** The npm packages that the program runs with, and what it deploys, as one CycloneDX document. */
export async function billOfMaterials(): Promise<Bom> {
  const npm = ["sbom", "--sbom-format", "cyclonedx", "--omit", "dev", "--package-lock-only"];
  const { stdout } = await run("npm", npm, { cwd: REPO });
  const bom = JSON.parse(stdout) as Bom;
  const images = Object.values(officialImages).map(image);
  return { ...bom, components: [...bom.components, ...ON_HOSTS, ...images] };
}

/** Writes sbom.cdx.json. */
export async function writeSbom(): Promise<boolean> {
  const file = join(REPO, "sbom.cdx.json");
  await writeFile(file, `${JSON.stringify(await billOfMaterials(), null, 2)}\n`);
  process.stdout.write(`${file} is written.\n`);
  return true;
}
