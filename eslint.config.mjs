import js from "@eslint/js";
import tseslint from "typescript-eslint";

// The typed rules are the point: they catch an Output in a template literal, in a condition or in
// `+`, and a promise nobody awaits, which is how Pulumi programs go wrong without an error.
export default tseslint.config(
  { ignores: ["node_modules/", "python/", ".venv/", "test/reports/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.mts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/strict-boolean-expressions": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "max-lines": ["error", { max: 250, skipBlankLines: false, skipComments: false }],
    },
  },
);
