import { test } from "vitest";
import { runProgram } from "../support/example-program";
test("x", async () => {
  const { registrations, outputs } = await runProgram();
  for (const r of registrations) console.log(r.type, r.name, "<", r.parent, "@", r.provider, r.dependsOn, r.protect, r.deleteBeforeReplace, r.replaceOnChanges);
  console.log(outputs);
});
