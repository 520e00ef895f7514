import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const forbid = (...patterns) => ({
  "no-restricted-imports": ["error", { patterns: patterns.map(([group, message]) => ({ group, message })) }],
});
const upwards = "Imports point down: app → features → components → lib and i18n.";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/lib/schema.d.ts"] },
  js.configs.recommended,
  {
    files: ["scripts/**/*.mjs", "*.config.js"],
    languageOptions: { globals: globals.node },
  },
  {
    files: ["src/**/*.{ts,tsx}", "vite.config.ts"],
    extends: [
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
      reactHooks.configs.flat.recommended,
      jsxA11y.flatConfigs.strict,
    ],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXText[value=/[A-Za-zÆØÅæøå]{2,}/]",
          message: "Texts on screen stand in i18n/, in both languages.",
        },
        {
          selector:
            "JSXAttribute[name.name=/^(aria-label|title|placeholder|alt|label|text|hint|detail)$/] > Literal[value=/[A-Za-zÆØÅæøå]{2,}/]",
          message: "Texts on screen stand in i18n/, in both languages.",
        },
      ],
      "@typescript-eslint/only-throw-error": "off", // the router's redirects are thrown
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "jsx-a11y/no-autofocus": "off", // used in dialogs and the sign-in form only
      "@typescript-eslint/no-deprecated": "off", // the query library renames its functions; the old ones stay
      // No compiler is used, so what it would make of `useCallback` does not matter.
      "react-hooks/preserve-manual-memoization": "off",
      // The list keeps measurements in refs on purpose: they must not draw it again.
      "react-hooks/refs": "off",
      // An empty name is no name: here `||` is meant.
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { string: true } }],
    },
  },
  {
    files: ["src/features/**"],
    rules: forbid(
      [["@/app/*"], upwards],
      [["@/features/*", "../../*"], "A feature never imports another: compose them in app/."],
    ),
  },
  { files: ["src/components/**"], rules: forbid([["@/app/*", "@/features/*"], upwards]) },
  {
    files: ["src/lib/**", "src/i18n/**"],
    rules: forbid([["@/app/*", "@/features/*", "@/components/*"], upwards]),
  },
  // The catalogues are one flat table each: their length is the product's, not a tangle.
  { files: ["src/i18n/da/*.ts", "src/i18n/en/*.ts"], rules: { "max-lines": "off" } },
);
