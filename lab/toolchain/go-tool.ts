import { join } from "node:path";
import { run } from "../../runner/run";
import { findGo } from "./go";
import type { Way } from "./ladder";

/** What one committed Go module (`lab/toolchain/go/<module>`) builds. */
export interface GoBuild {
  /** Directory name below lab/toolchain/go; its go.sum is what verifies the sources. */
  module: string;
  /** Import paths of the commands; each executable is named after the last part. */
  commands: readonly string[];
  /** Build tags. */
  tags?: readonly string[];
  /** Import path of the variable that holds the version, and its value. */
  version: readonly [variable: string, value: string];
}

/**
 * The last rung: build from the Go module proxy. Static and without paths of this machine, so that
 * the result runs in any container and is the same everywhere.
 */
export function fromGoModules(build: GoBuild): Way {
  return {
    rung: "registry",
    name: "Go modules",
    fill: async (dir, say) => {
      const go = await findGo();
      const ldflags = `-s -w -X ${build.version[0]}=${build.version[1]}`;
      const tags = (build.tags ?? []).join(",");
      say("Go modules: download and compile");
      await run(
        go,
        [
          "build",
          "-v",
          "-trimpath",
          `-tags=${tags}`,
          `-ldflags=${ldflags}`,
          "-o",
          `${dir}/`,
          ...build.commands,
        ],
        {
          cwd: join(__dirname, "go", build.module),
          env: { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" },
          onLine: say,
          timeoutMs: 3_600_000,
        },
      );
    },
  };
}
