import { defineConfig } from "vitest/config";

/**
 * Three projects, from seconds to minutes: `unit` touches nothing, `tools` runs promtool, amtool
 * and the stand-ins, `engine` runs the real engine against a lab of its own. Engine tests share
 * that lab, so they run one after another, in the order of their file names.
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
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
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
