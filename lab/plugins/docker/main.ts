import type { Provider } from "../kit/provider";
import { serve } from "../kit/serve";
import { configShape, Daemon } from "./client";
import { container } from "./container";
import { remoteImage } from "./image";
import { network } from "./network";
import { volume } from "./volume";

/** Stand-in for pulumi-resource-docker 5.x: what this project uses of it, over dockerode. */
export function dockerProvider(): Provider {
  const daemon = new Daemon();
  return {
    name: "docker",
    config: configShape,
    resources: {
      "docker:index/network:Network": network(daemon),
      "docker:index/volume:Volume": volume(daemon),
      "docker:index/remoteImage:RemoteImage": remoteImage(daemon),
      "docker:index/container:Container": container(daemon),
    },
    configure: (config) => daemon.configure(config),
  };
}

if (require.main === module) serve(dockerProvider());
