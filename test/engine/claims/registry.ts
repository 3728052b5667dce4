/** Images from a registry of the site's own, where none of the internet's can be reached. */
import { expect, test } from "vitest";
import { changes, type Edit } from "../../../lab/engine";
import { hostOf, scriptOnHost } from "../../../lab/hosts";
import { query } from "../../../lab/observe";
import { startRegistry } from "../registry";
import { everyTargetUp, operate, up, type World } from "../world";

const CONTAINERS = ["prometheus", "alertmanager", "grafana"] as const;

/** Of a time that began before the test. */
const SAMPLES = 'sum(count_over_time(up{job="prometheus"}[2h]))';

export function registry(world: () => World): void {
  test("images of a registry of one's own are pulled by the VM, and the data stays", async () => {
    const monitor = hostOf(world().lab, "monitor");
    const own = await startRegistry(world().lab);
    const trusted = `/etc/docker/certs.d/${own.address}`;
    const refs: Record<string, string> = {};
    const fromRegistry: Edit = (config) => {
      config["images"] = { ...(config["images"] as object), ...refs };
    };
    try {
      await scriptOnHost(
        monitor,
        `mkdir -p ${trusted}\ncat > ${trusted}/ca.crt <<'END'\n${own.ca}END\n`,
      );
      for (const name of CONTAINERS) {
        const image = await imageOf(world(), name);
        refs[name] = `${own.address}/mirror/${name}:${image.split(":").at(-1) ?? ""}`;
        // Into the registry, and out of the engine, which has to pull it then.
        await scriptOnHost(
          monitor,
          `docker tag ${image} ${refs[name]}\ndocker push --quiet ${refs[name]}\ndocker rmi ${refs[name]}\n`,
        );
      }
      const [before] = await query(world().lab, SAMPLES);

      await up(world(), fromRegistry);

      for (const name of CONTAINERS) expect(await imageOf(world(), name)).toBe(refs[name]);
      await everyTargetUp(world(), 7);
      const [after] = await query(world().lab, SAMPLES);
      expect(after?.value).toBeGreaterThan(before?.value ?? Infinity);
      expect(changes(await operate(world(), "preview", fromRegistry))).toEqual([]);
    } finally {
      await own.stop();
      await up(world());
      // Images stay on a VM by design; the registry's own were the test's.
      await scriptOnHost(
        monitor,
        `docker rmi ${Object.values(refs).join(" ")}\nrm -r ${trusted}\nrmdir --ignore-fail-on-non-empty /etc/docker/certs.d\n`,
      );
    }
  });
}

/** The reference that a container of the VM was made of. */
async function imageOf({ lab }: World, name: string): Promise<string> {
  const format = "docker inspect --format '{{.Config.Image}}'";
  return (
    await scriptOnHost(hostOf(lab, "monitor"), `${format} flower-monitoring-${name}\n`)
  ).trim();
}
