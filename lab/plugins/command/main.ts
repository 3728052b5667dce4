import type { Provider } from "../kit/provider";
import { serve } from "../kit/serve";
import { copyToRemote } from "./copy-to-remote";
import { localCommand } from "./local-command";
import { remoteCommand } from "./remote-command";

/** Stand-in for pulumi-resource-command 1.2.1: what this project uses of it, over ssh2. */
export const provider: Provider = {
  name: "command",
  config: {},
  resources: {
    "command:local:Command": localCommand,
    "command:remote:Command": remoteCommand,
    "command:remote:CopyToRemote": copyToRemote,
  },
  configure: () => undefined,
};

if (require.main === module) serve(provider);
