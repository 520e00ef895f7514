/** A tar (ustar, POSIX.1-1988) put together from files that stay where they are: nothing is read before it is sent. */
const BLOCK = 512;
const NAME = 100;
const text = new TextEncoder();

export interface Entry {
  name: string;
  file: Blob;
}

/** The same entries in the same order give the same bytes, so that half of it can be sent later. */
export function asTar(entries: readonly Entry[]): Blob {
  const parts = entries.flatMap(({ name, file }) => [
    header(name, file.size),
    file,
    new Uint8Array(-file.size & (BLOCK - 1)),
  ]);
  return new Blob([...parts, new Uint8Array(2 * BLOCK)]);
}

function header(name: string, size: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, value: string) => block.set(text.encode(value), at);
  const octal = (at: number, value: number, width: number) =>
    put(at, `${value.toString(8).padStart(width - 1, "0")}\0`);
  block.set(fitting(name), 0);
  octal(100, 0o644, 8);
  octal(108, 0, 8);
  octal(116, 0, 8);
  octal(124, size, 12);
  octal(136, 0, 12);
  put(148, " ".repeat(8));
  put(156, "0");
  put(257, "ustar\x0000");
  octal(
    148,
    block.reduce((sum, byte) => sum + byte, 0),
    7,
  );
  return block;
}

/** The folder and the end of a name that is too long; a file is known by how it ends. */
function fitting(name: string): Uint8Array {
  let short = name.split("/").slice(-2).join("/");
  for (;;) {
    const bytes = text.encode(short);
    if (bytes.length <= NAME) return bytes;
    const cut = short.lastIndexOf("/") + 1;
    short = cut > 40 ? short.slice(cut) : short.slice(0, cut) + short.slice(cut + 1);
  }
}
