import type { Provider } from "../kit/provider";
import { serve } from "../kit/serve";
import { localCommand } from "./local-command";

/** Stand-in for pulumi-resource-command 1.2.1: what this project uses of it. */
export const provider: Provider = {
  name: "command",
  config: {},
  resources: {
    "command:local:Command": localCommand,
  },
  configure: () => undefined,
};

if (require.main === module) serve(provider);
