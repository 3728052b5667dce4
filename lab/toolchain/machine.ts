/** What this machine is called in each of the worlds that serve a tool for it. */
interface Names {
  go: "amd64" | "arm64";
  pulumi: "x64" | "arm64";
  python: "x86_64" | "aarch64";
}

/**
 * The machine's architecture by its name in Go, Pulumi and Python.
 * @throws when it is not Linux on x86-64 or arm64, which is all that the lab supports
 */
export function machine(platform = process.platform, arch: string = process.arch): Names {
  if (platform === "linux" && arch === "x64")
    return { go: "amd64", pulumi: "x64", python: "x86_64" };
  if (platform === "linux" && arch === "arm64") {
    return { go: "arm64", pulumi: "arm64", python: "aarch64" };
  }
  throw new Error(
    `The lab runs on Linux, x64 or arm64; this is ${platform} on ${arch}. ` +
      "Use a Linux machine or VM. Deploying to real hosts with `pulumi up` works from anywhere.",
  );
}
