import { describe, expect, test } from "vitest";
import { run } from "../../runner/run";
import { provider as command } from "../../lab/plugins/command/main";
import { dockerProvider } from "../../lab/plugins/docker/main";
import { InitError } from "../../lab/plugins/kit/provider";
import { makeTinyImage, tinyImage } from "../support/tiny-image";
import { dockerHere, dockerHost, prefix } from "./conformance/docker-kit";
import { Driven } from "./plugins.kit";

/** Cancels after a moment and gives the error and the time until it came, in milliseconds. */
async function cancelled(driven: Driven, work: Promise<unknown>): Promise<[unknown, number]> {
  const start = Date.now();
  setTimeout(() => driven.operations.cancel(), 700);
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return [error, Date.now() - start];
}

describe("the engine's cancel", () => {
  test("ends a local command that is running", async () => {
    const driven = new Driven(command);
    const [error, ms] = await cancelled(
      driven,
      driven.create("command:local:Command", { create: "exec sleep 60" }),
    );
    expect(error).toMatchObject({ message: "context canceled" });
    expect(ms).toBeLessThan(10_000);
  });
});

describe.runIf(dockerHere)("the engine's cancel, on Docker", () => {
  test("ends the wait for a healthy container and still tells its id", async () => {
    await makeTinyImage();
    const driven = new Driven(dockerProvider(), { host: dockerHost });
    const name = `${prefix}-cancel`;
    const work = driven.create("docker:index/container:Container", {
      name,
      image: tinyImage,
      command: ["sleep", "60"],
      healthcheck: { tests: ["CMD", "/bin/no-such"], interval: "1s", retries: 100 },
      wait: true,
    });
    const [error, ms] = await cancelled(driven, work);
    await run("docker", ["rm", "-f", name]);
    expect(error).toBeInstanceOf(InitError);
    expect((error as InitError).id).toMatch(/^[0-9a-f]{64}$/);
    expect(ms).toBeLessThan(10_000);
  });
});
