import { describe, expect, it } from "vitest";

import { beginningOf, type Chosen, parcels } from "./parcels";

const chosen = (path: string, text = "From: a@example.com\n\nHej\n"): Chosen => ({
  path,
  file: new File([text], path.split("/").at(-1) ?? ""),
});

const textOf = (content: Blob) => content.text();

describe("what goes up as one", () => {
  it("is each mailbox and archive by itself, and all messages together", () => {
    const found = parcels([
      chosen("post/Inbox"),
      chosen("post/Inbox.msf"),
      chosen("post/.hidden"),
      chosen("post/b.eml"),
      chosen("post/gammel.zip"),
      chosen("post/a.msg"),
      chosen("post/tom.eml", ""),
    ]);
    expect(found.map(({ name }) => name)).toEqual(["Inbox", "gammel.zip", "post +1.tar"]);
  });

  it("is one message as it is", () => {
    const [found] = parcels([chosen("brev.eml")]);
    expect(found?.name).toBe("brev.eml");
  });

  it("is a Maildir as a tar, without what is still being delivered", async () => {
    const [found] = parcels([
      chosen("Maildir/cur/2:2,S"),
      chosen("Maildir/new/1", "Subject: Ny\n\nHej\n"),
      chosen("Maildir/tmp/3"),
    ]);
    expect(found?.name).toBe("Maildir +1.tar");
    expect(found?.content.size).toBe(2 * 1024 + 1024);
    expect(await textOf(found?.content ?? new Blob())).toContain("cur/2:2,S");
  });

  it("is the same bytes whatever order the files were chosen in", async () => {
    const files = ["b.eml", "a.eml", "mappe/c.eml"].map((path) => chosen(path, `Subject: ${path}\n\n`));
    const [one] = parcels(files);
    const [other] = parcels([...files].reverse());
    expect(one?.name).toBe(other?.name);
    expect(await textOf(one?.content ?? new Blob())).toBe(await textOf(other?.content ?? new Blob()));
  });
});

describe("a tar", () => {
  it("has names that fit, and a right sum", async () => {
    const long = `${"mappe/".repeat(30)}${"æ".repeat(120)}.eml`;
    const [found] = parcels([chosen(long), chosen("kort.eml")]);
    const bytes = new Uint8Array((await found?.content.arrayBuffer()) ?? new ArrayBuffer(0));
    const text = new TextDecoder();
    for (let at = 0; bytes[at] !== 0; at += 1024) {
      const header = bytes.slice(at, at + 512);
      const sum = parseInt(text.decode(header.slice(148, 154)), 8);
      expect(header.fill(32, 148, 156).reduce((total, byte) => total + byte, 0)).toBe(sum);
      expect(text.decode(header.slice(0, 100))).toMatch(/\.eml/);
    }
  });
});

describe("what a file begins with", () => {
  it("tells it from another one", async () => {
    const [one, same, other] = await Promise.all(
      ["abc", "abc", "abd"].map((text) => beginningOf(new Blob([text]))),
    );
    expect(one).toBe(same);
    expect(one).not.toBe(other);
    expect(one).toMatch(/^[0-9a-f]{16}$/);
  });
});
