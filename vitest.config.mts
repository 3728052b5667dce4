import { defineConfig } from "vitest/config";

/**
 * Four projects: `unit` touches nothing; `tools` runs promtool, amtool, the stand-ins and the
 * toolchain; `hosts` the installer on a real systemd host; `engine` the real engine against a lab of
 * its own, in one file, since each claim there starts from what the one before it left.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts", "test/components/**/*.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "tools",
          include: ["test/rules/**/*.test.ts", "test/lab/**/*.test.ts"],
          exclude: ["test/lab/host-*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "hosts",
          include: ["test/lab/host-*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Each file has a host of its own, and mostly waits for it.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
