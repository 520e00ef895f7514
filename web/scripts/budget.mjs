// Fails when the client outgrows its budget (bytes after brotli 11): the start 130 kB, every lazy chunk 60 kB.
// The start is what index.html names and the first texts of one language, without which nothing is shown.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const START = 130_000;
const LAZY = 60_000;
const assets = new URL("../dist/assets/", import.meta.url).pathname;
const html = readFileSync(join(assets, "../index.html"), "utf8");
const isLanguage = (name) => /^(da|en)-start-/.test(name);
const files = readdirSync(assets)
  .filter((name) => name.endsWith(".js"))
  .map((name) => ({
    name,
    bytes: brotliCompressSync(readFileSync(join(assets, name))).length,
    start: html.includes(name),
  }))
  .sort((a, b) => b.bytes - a.bytes);
const languages = files.filter((file) => isLanguage(file.name));
if (languages.length !== 2) throw new Error("The two languages were not built as files of their own.");
languages[0].start = true;

const start = files.filter((file) => file.start).reduce((sum, file) => sum + file.bytes, 0);
const heavy = files.filter((file) => !file.start && file.bytes > LAZY);
for (const { name, bytes, start: first } of files.slice(0, 10)) {
  console.log(`${String(bytes).padStart(8)} B br  ${first ? "start" : "lazy "}  ${name}`);
}
console.log(`${String(start).padStart(8)} B br  start in total (at most ${START})`);
if (start > START || heavy.length > 0) {
  console.error("The client is over its budget:", heavy.map((file) => file.name).join(", ") || "start");
  process.exit(1);
}
