import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { certificateFor } from "./certificate";

/** A mail that a sink took. */
export interface SunkMail {
  from: string;
  to: string[];
  /** Name and password of the login, `name:password`. */
  login: string;
  tls: boolean;
  /** Headers and parts, with quoted-printable undone. */
  text: string;
}

/** Stands where a mail server is: STARTTLS, then a login, then mail. */
export interface SmtpSink {
  /** `host:port`. */
  address: string;
  /** Certificate of its own CA, PEM text. */
  ca: string;
  mails: SunkMail[];
  /** Turns mail away with this line from now on, such as `550 no such user`. */
  refuse(line: string): void;
  stop(): Promise<void>;
}

/** @param host where it listens: loopback, or the side of a Docker network that is this machine. */
export async function startSmtpSink(host = "127.0.0.1"): Promise<SmtpSink> {
  const { key, cert } = await certificateFor(host);
  const context = createSecureContext({ key, cert });
  const mails: SunkMail[] = [];
  let refusal: string | undefined;

  function talk(socket: Socket, tls: boolean): void {
    const mail: SunkMail = { from: "", to: [], login: "", tls, text: "" };
    let [buffer, inData] = ["", false];
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    const command = (line: string): void => {
      const word = line.slice(0, 4).toUpperCase();
      if (word === "EHLO") say(`250-sink\r\n250 ${tls ? "AUTH PLAIN" : "STARTTLS"}`);
      else if (word === "STAR") {
        say("220 go ahead");
        socket.removeAllListeners("data");
        talk(new TLSSocket(socket, { isServer: true, secureContext: context }), true);
      } else if (word === "AUTH") {
        const [, , coded = ""] = line.split(" ");
        const [, name, password] = Buffer.from(coded, "base64").toString().split("\0");
        mail.login = `${name}:${password}`;
        say("235 welcome");
      } else if (word === "MAIL") {
        mail.from = /<(.*?)>/.exec(line)?.[1] ?? "";
        say(refusal ?? "250 ok");
      } else if (word === "RCPT") {
        mail.to.push(/<(.*?)>/.exec(line)?.[1] ?? "");
        say("250 ok");
      } else if (word === "DATA") {
        inData = true;
        say("354 go on");
      } else if (word === "QUIT") {
        say("221 bye");
        socket.end();
      } else say("502 unknown");
    };
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      buffer += chunk.toString("latin1");
      for (;;) {
        const mark = inData ? "\r\n.\r\n" : "\r\n";
        const end = buffer.indexOf(mark);
        if (end < 0) return;
        const part = buffer.slice(0, end);
        buffer = buffer.slice(end + mark.length);
        if (inData) {
          inData = false;
          mails.push({ ...mail, text: unquoted(part) });
          say("250 taken");
        } else command(part);
      }
    });
  }

  const server = createServer((socket) => {
    socket.write("220 sink\r\n");
    talk(socket, false);
  }).listen(0, host);
  await once(server, "listening");
  return {
    address: `${host}:${(server.address() as AddressInfo).port}`,
    ca: cert,
    mails,
    refuse: (line) => (refusal = line),
    async stop() {
      server.close();
      await once(server, "close");
    },
  };
}

function unquoted(text: string): string {
  const bytes = text
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
