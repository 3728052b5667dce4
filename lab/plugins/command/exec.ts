import type { Client, ClientChannel } from "ssh2";

/** What ssh2 keeps inside and does not type: needed to ask for a reply to `env` requests. */
interface Internals {
  _protocol: { env(channel: number, key: string, value: string, wantReply?: boolean): void };
  _chanMgr: { _channels: Record<string, unknown> };
}
interface Channel {
  _callbacks: ((refused: boolean) => void)[];
  outgoing: { id: number };
}

/**
 * Starts `command` with `env` set through SSH. `refused` hears of each variable that the server does
 * not accept, which ssh2 alone would not report; a stock sshd accepts none of ours.
 */
export function exec(
  client: Client,
  command: string,
  env: Record<string, string>,
  refused: (name: string) => void,
): Promise<ClientChannel> {
  const restore = wantReplies(client, refused);
  return new Promise((resolve, reject) => {
    client.exec(command, { env }, (error, channel) => {
      restore();
      if (error === undefined) resolve(channel);
      else reject(new Error(`ssh: ${error.message}`, { cause: error }));
    });
  });
}

function wantReplies(client: Client, refused: (name: string) => void): () => void {
  const { _protocol: protocol, _chanMgr: channels } = client as unknown as Internals;
  const plain = protocol.env.bind(protocol);
  protocol.env = (id, key, value) => {
    const channel = Object.values(channels._channels).find(
      (c): c is Channel => (c as Partial<Channel>).outgoing?.id === id,
    );
    // The server answers in order, so the callback takes its place before that of the command.
    channel?._callbacks.push((failed) => {
      if (failed) refused(key);
    });
    plain(id, key, value, true);
  };
  return () => {
    protocol.env = plain;
  };
}
