/** Images from a registry of the site's own, where none of the internet's can be reached. */
import { expect, test } from "vitest";
import { changes, type Edit } from "../../../lab/engine";
import { hostOf, scriptOnHost } from "../../../lab/hosts";
import { query, SAMPLES } from "../../../lab/observe";
import { startRegistry } from "../registry";
import { everyTargetUp, operate, up, type World } from "../world";

export function registry(world: () => World): void {
  test("an image of a registry of one's own is pulled by the VM, and the data stays", async () => {
    const monitor = hostOf(world().lab, "monitor");
    const own = await startRegistry(world().lab);
    const trusted = `/etc/docker/certs.d/${own.address}`;
    const image = await imageOf(world());
    const ref = `${own.address}/mirror/prometheus:${image.split(":").at(-1) ?? ""}`;
    const fromRegistry: Edit = (config) => {
      config["images"] = { ...(config["images"] as object), prometheus: ref };
    };
    try {
      // Into the registry, and out of the engine, which has to pull it then.
      await scriptOnHost(
        monitor,
        `mkdir -p ${trusted}\ncat > ${trusted}/ca.crt <<'END'\n${own.ca}END\n` +
          `docker tag ${image} ${ref}\ndocker push --quiet ${ref}\ndocker rmi ${ref}\n`,
      );
      const [before] = await query(world().lab, SAMPLES);

      await up(world(), fromRegistry);

      expect(await imageOf(world())).toBe(ref);
      await everyTargetUp(world(), 7);
      const [after] = await query(world().lab, SAMPLES);
      expect(after?.value).toBeGreaterThan(before?.value ?? Infinity);
      expect(changes(await operate(world(), "preview", fromRegistry))).toEqual([]);
    } finally {
      await own.stop();
      await up(world());
      // Images stay on a VM by design; the registry's own was the test's.
      await scriptOnHost(
        monitor,
        `docker rmi ${ref}\nrm -r ${trusted}\nrmdir --ignore-fail-on-non-empty /etc/docker/certs.d\n`,
      );
    }
  });
}

/** The reference that Prometheus' container was made of. */
async function imageOf({ lab }: World): Promise<string> {
  const script = "docker inspect --format '{{.Config.Image}}' flower-monitoring-prometheus\n";
  return (await scriptOnHost(hostOf(lab, "monitor"), script)).trim();
}
