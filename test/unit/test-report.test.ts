import { describe, expect, it } from "vitest";
import { vitestCount, type VitestReport } from "../../lab/test-report";

const report: VitestReport = {
  numPassedTests: 1,
  numFailedTests: 1,
  numPendingTests: 1,
  success: false,
  testResults: [
    {
      name: "/repo/a.test.ts",
      status: "failed",
      message: "",
      assertionResults: [
        { status: "passed", fullName: "a works", failureMessages: [] },
        { status: "failed", fullName: "a fails", failureMessages: ["Error: no\n    at x"] },
        { status: "skipped", fullName: "a waits" },
      ],
    },
  ],
};

describe("what a run came to", () => {
  it("names each test that failed, with the first line of why, and each that was skipped", () => {
    expect(vitestCount(report)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 1,
      remarks: ["failed: a fails: Error: no", "skipped: a waits"],
    });
  });

  it("counts a file that cannot be loaded as a failure, and names it", () => {
    const broken = { name: "/repo/b.test.ts", status: "failed", message: "Error: no module c" };
    const testResults = [{ ...broken, assertionResults: [] }];
    expect(vitestCount({ ...report, numFailedTests: 0, testResults })).toMatchObject({
      failed: 1,
      remarks: ["failed: /repo/b.test.ts: Error: no module c"],
    });
  });
});
