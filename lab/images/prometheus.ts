import { dirname, join } from "node:path";
import { versions } from "../../components/versions";
import type { Tool, Toolchain } from "../toolchain/types";
import { provideImage } from "./import";
import { imageKey } from "./key";
import { ROOT_LAYOUT, writeMinimalRoot } from "./minimal-root";

const nobody = { name: "nobody", id: 65534 };

/** What differs between the two; the rest of their official images is alike. */
interface Server {
  name: "prometheus" | "alertmanager";
  version: string;
  port: number;
  /** Data directory, also the working directory. */
  data: string;
  /** Flag that names the data directory. */
  dataFlag: string;
  server: Tool;
  /** Its checker, which lies beside the server: one from PATH may need libraries. */
  checker: "promtool" | "amtool";
}

/** Prometheus in the shape of its official image: paths, user, volume, entry point. */
export function prometheusImage(tools: Toolchain): Promise<string> {
  return serverImage(tools.docker, {
    name: "prometheus",
    version: versions.prometheus,
    port: 9090,
    data: "prometheus",
    dataFlag: "--storage.tsdb.path",
    server: tools.prometheus,
    checker: "promtool",
  });
}

/** Alertmanager, likewise. */
export function alertmanagerImage(tools: Toolchain): Promise<string> {
  return serverImage(tools.docker, {
    name: "alertmanager",
    version: versions.alertmanager,
    port: 9093,
    data: "alertmanager",
    dataFlag: "--storage.path",
    server: tools.alertmanager,
    checker: "amtool",
  });
}

async function serverImage(docker: Tool, server: Server): Promise<string> {
  const { name, version, data, checker } = server;
  const checkerPath = join(dirname(server.server.path), checker);
  const config = `/etc/${name}/${name}.yml`;
  const command = [`--config.file=${config}`, `${server.dataFlag}=/${data}`];
  const changes = [
    `ENTRYPOINT ["/bin/${name}"]`,
    `CMD ${JSON.stringify(command)}`,
    `USER ${nobody.name}`,
    `WORKDIR /${data}`,
    `VOLUME /${data}`,
    `EXPOSE ${server.port}`,
    "ENV PATH=/bin",
  ];
  const key = imageKey(
    [name, version, process.arch, ...changes],
    [server.server.path, checkerPath, ROOT_LAYOUT],
  );
  return provideImage(docker, {
    ref: `flower-monitoring-lab/${name}:v${version}`,
    key,
    changes,
    writeTar: (tar, dir) =>
      writeMinimalRoot(
        {
          binaries: {
            [`/bin/${name}`]: server.server.path,
            [`/bin/${checker}`]: checkerPath,
          },
          user: nobody,
          ownedDirs: [data, `etc/${name}`],
        },
        tar,
        dir,
      ),
    once: { label: `${name} image`, needMiB: 1024 },
  });
}
