import { fileURLToPath } from "node:url";

import localesPlugin from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Chunks find each other relative to themselves; only index.html names absolute places,
// so the server can move all assets to a CDN by rewriting that one file.
export default defineConfig({
  base: "./",
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  plugins: [react(), localesPlugin.vite({ locales: ["da-DK", "en-US"] })],
  build: {
    target: "es2023",
    outDir: "dist",
    sourcemap: false,
    chunkSizeWarningLimit: 1000,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // The languages are told apart by name: the budget counts one of them.
        chunkFileNames: ({ facadeModuleId }) => {
          const [, language, area] = /i18n\/(da|en)\/(\w+)\.ts$/.exec(facadeModuleId ?? "") ?? [];
          return language ? `assets/${language}-${area}-[hash].js` : "assets/[name]-[hash].js";
        },
        // What every visit needs comes in two files, of which the libraries change seldom: fewer requests,
        // and they compress better together.
        codeSplitting: {
          groups: [
            { name: "libraries", tags: ["$initial"], test: /node_modules/, priority: 2 },
            { name: "start", tags: ["$initial"], priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": process.env.POSTHUS_URL ?? "http://127.0.0.1:8000" } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
