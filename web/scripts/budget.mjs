// Fails when the client outgrows its budget (bytes after brotli 11): the start 130 kB, every lazy chunk 60 kB.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const START = 130_000;
const LAZY = 60_000;
const assets = new URL("../dist/assets/", import.meta.url).pathname;
const html = readFileSync(join(assets, "../index.html"), "utf8");
const sizes = readdirSync(assets)
  .filter((name) => name.endsWith(".js"))
  .map((name) => ({
    name,
    bytes: brotliCompressSync(readFileSync(join(assets, name))).length,
    start: html.includes(name),
  }))
  .sort((a, b) => b.bytes - a.bytes);

const start = sizes.filter((file) => file.start).reduce((sum, file) => sum + file.bytes, 0);
const heavy = sizes.filter((file) => !file.start && file.bytes > LAZY);
for (const { name, bytes, start: first } of sizes.slice(0, 8)) {
  console.log(`${String(bytes).padStart(8)} B br  ${first ? "start" : "lazy "}  ${name}`);
}
console.log(`${String(start).padStart(8)} B br  start in total (at most ${START})`);
if (start > START || heavy.length > 0) {
  console.error("The client is over its budget:", heavy.map((file) => file.name).join(", ") || "start");
  process.exit(1);
}
