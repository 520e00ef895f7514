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
  },
  server: { proxy: { "/api": process.env.POSTHUS_URL ?? "http://127.0.0.1:8000" } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
