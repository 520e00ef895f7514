import { useSyncExternalStore } from "react";

import { Problem } from "@/lib/problem";

import { send } from "./send";

/** How a file that this window sends stands; bytes, and bytes a second. */
export interface Sending {
  state: "queued" | "sending" | "waiting" | "refused" | "sent";
  sent: number;
  size: number;
  perSecond: number | null;
  /** Why the server, or the computer, does not go on. */
  problem: Problem | null;
}

interface Held {
  content: Blob;
  stop: AbortController;
}

/** How much of the pace is that of the last piece. */
const NEWEST = 0.2;

/**
 * The files on their way, one after the other, while this window is open: also when another screen is looked at.
 * One for the whole window, because a file that is being sent belongs to no screen.
 */
class Outbox {
  private held = new Map<number, Held>();
  private shown: ReadonlyMap<number, Sending> = new Map();
  private listeners = new Set<() => void>();
  private busy = false;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  look = (): ReadonlyMap<number, Sending> => this.shown;

  /** Sends a file from a byte on, after those before it. */
  add(id: number, content: Blob, from: number): void {
    if (this.held.has(id)) return;
    this.held.set(id, { content, stop: new AbortController() });
    this.show(id, { state: "queued", sent: from, size: content.size, perSecond: null, problem: null });
    addEventListener("beforeunload", askToStay);
    void this.work();
  }

  /** Sends no more of it. */
  drop(id: number): void {
    this.held.get(id)?.stop.abort();
    this.held.delete(id);
    const rest = new Map(this.shown);
    rest.delete(id);
    this.shown = rest;
    this.tell();
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let next = this.next(); next !== undefined; next = this.next()) await this.sendOne(...next);
    this.busy = false;
    removeEventListener("beforeunload", askToStay);
  }

  private next(): [number, Held] | undefined {
    return [...this.held].find(([id]) => this.shown.get(id)?.state === "queued");
  }

  private async sendOne(id: number, { content, stop }: Held): Promise<void> {
    let last = performance.now();
    this.change(id, { state: "sending" });
    const sent = (offset: number) => {
      const now = performance.now();
      const before = this.shown.get(id);
      const pace = ((offset - (before?.sent ?? offset)) / Math.max(now - last, 1)) * 1000;
      last = now;
      const perSecond = before?.perSecond == null ? pace : before.perSecond * (1 - NEWEST) + pace * NEWEST;
      this.change(id, { state: "sending", sent: offset, perSecond });
    };
    const told = { sent, waits: () => this.change(id, { state: "waiting" }) };
    try {
      await send(id, content, this.shown.get(id)?.sent ?? 0, told, stop.signal);
      this.change(id, { state: "sent" });
    } catch (error) {
      if (stop.signal.aborted) return;
      // A file that was changed or removed meanwhile cannot be read any further.
      const problem = error instanceof Problem ? error : new Problem(0, "", "");
      this.change(id, { state: "refused", problem });
    }
    this.held.delete(id);
  }

  private change(id: number, changed: Partial<Sending>): void {
    const before = this.shown.get(id);
    if (before) this.show(id, { ...before, ...changed });
  }

  private show(id: number, sending: Sending): void {
    this.shown = new Map(this.shown).set(id, sending);
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

const askToStay = (event: BeforeUnloadEvent): void => event.preventDefault();

export const outbox = new Outbox();

/** What this window is sending, by the import's number. */
export const useOutbox = (): ReadonlyMap<number, Sending> =>
  useSyncExternalStore(outbox.subscribe, outbox.look);
