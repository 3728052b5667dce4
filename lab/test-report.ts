/** What a run of tests came to. */
export interface Count {
  passed: number;
  failed: number;
  skipped: number;
  /** One line for each test that failed or was skipped. */
  remarks: string[];
}

/** vitest's JSON report, as far as it is read here. */
export interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  success: boolean;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages?: string[] | null }[];
  }[];
}

/** Characters of a failure's first line that are told again at the end. */
const SHOWN = 200;

export function vitestCount(report: VitestReport): Count {
  const remarks = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.flatMap(({ status: outcome, fullName, failureMessages }) => {
      if (outcome === "passed") return [];
      const why = outcome === "failed" ? firstLine(failureMessages?.[0] ?? "") : "";
      return [`${outcome}: ${fullName}${why}`];
    });
    // A file that cannot be loaded, or whose preparation fails, fails without a failed test.
    const broken = status === "failed" && !tests.some((line) => line.startsWith("failed"));
    return broken ? [`failed: ${name}${firstLine(message)}`, ...tests] : tests;
  });
  return {
    passed: report.numPassedTests,
    failed: Math.max(report.numFailedTests, report.success ? 0 : 1),
    skipped: report.numPendingTests,
    remarks,
  };
}

function firstLine(text: string): string {
  const [line = ""] = text.split("\n");
  return line === "" ? "" : `: ${line.slice(0, SHOWN)}`;
}
