import { asTar } from "./tar";

/** A file as it was chosen or dropped, with the folders it lay in. */
export interface Chosen {
  path: string;
  file: File;
}

/** What goes up as one: a mailbox, an archive, or messages packed together. */
export interface Parcel {
  name: string;
  content: Blob;
}

const MESSAGE = /\.(eml|msg)$|\/(cur|new)\/[^/]+$/i;
/** What mail programs and systems keep beside mail. */
const ASIDE = /(^|\/)(\.[^/]*|[^/]+\.msf|tmp\/[^/]+)$/i;

/** One parcel for each mailbox and archive, and one for all messages that are files of their own. */
export function parcels(chosen: readonly Chosen[]): Parcel[] {
  const kept = chosen.filter(({ path, file }) => file.size > 0 && !ASIDE.test(path));
  const messages = kept
    .filter(({ path }) => MESSAGE.test(path))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const whole = kept
    .filter(({ path }) => !MESSAGE.test(path))
    .map(({ file }) => ({ name: file.name, content: file }));
  const [first] = messages;
  if (first === undefined) return whole;
  if (messages.length === 1) return [...whole, { name: first.file.name, content: first.file }];
  const content = asTar(messages.map(({ path, file }) => ({ name: path, file })));
  const folder = first.path.includes("/") ? (first.path.split("/")[0] ?? "") : "";
  return [...whole, { name: `${folder || first.file.name} +${messages.length - 1}.tar`, content }];
}

const FIRST = 1 << 20;

/** What tells files of one name and size apart: two FNV-1a hashes (32 bits each) of the first megabyte. */
export async function beginningOf(content: Blob): Promise<string> {
  const bytes = new Uint8Array(await content.slice(0, FIRST).arrayBuffer());
  let one = 0x811c9dc5;
  let other = 0xcbf29ce4;
  for (const byte of bytes) {
    one = Math.imul(one ^ byte, 0x01000193);
    other = Math.imul(other ^ (byte + 1), 0x01000193);
  }
  return [one, other].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}

/** What was picked with the browser's own dialog. */
export const picked = (files: FileList | null): Chosen[] =>
  [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** What was dropped, folders with all that is in them. */
export async function dropped(data: DataTransfer): Promise<Chosen[]> {
  // Entries are gone as soon as the event is over: they are taken before anything is waited for.
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return picked(data.files);
  return (await Promise.all(entries.map(within))).flat();
}

async function within(entry: FileSystemEntry): Promise<Chosen[]> {
  const path = entry.fullPath.replace(/^\//, "");
  if (isFile(entry)) {
    const file = await new Promise<File>((found, failed) => entry.file(found, failed));
    return [{ path, file }];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    // A hundred at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((read, failed) => reader.readEntries(read, failed));
    if (some.length === 0) break;
    found.push(...some);
  }
  const inside: Chosen[] = [];
  for (const one of found) inside.push(...(await within(one)));
  return inside;
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
