/** What a pushed script writes: its here-documents, read back without running it. */

/** Path (below the release, for versioned configuration) to content. */
export function filesIn(script: string): Record<string, string> {
  const document = /^cat > (\S+) <<'(END_[0-9a-f]{16})'\n([\s\S]*?)^\2\n/gm;
  const files = [...script.matchAll(document)].map(
    ([, path = "", , content = ""]) => [fileName(path), content] as const,
  );
  return Object.fromEntries(files);
}

/** `releases/<hash>/a/b` is a/b; `targets/.node.json.new` is targets/node.json. */
function fileName(path: string): string {
  return path.replace(/^releases\/[0-9a-f]{12}\//, "").replace(/\/\.(.+)\.new$/, "/$1");
}
