import { useLayoutEffect, useRef } from "react";
import { tinykeys } from "tinykeys";

/** Every key of Posthus, in the order the help shows them; `keys` is what is pressed. */
export const SHORTCUTS = [
  { id: "down", keys: "j", group: "list" },
  { id: "up", keys: "k", group: "list" },
  { id: "open", keys: "Enter", group: "list" },
  { id: "select", keys: "x", group: "list" },
  { id: "extendDown", keys: "Shift+J", group: "list" },
  { id: "extendUp", keys: "Shift+K", group: "list" },
  { id: "close", keys: "e", group: "conversation" },
  { id: "closeNext", keys: "Shift+E", group: "conversation" },
  { id: "snooze", keys: "h", group: "conversation" },
  { id: "assign", keys: "a", group: "conversation" },
  { id: "mine", keys: "m", group: "conversation" },
  { id: "tag", keys: "t", group: "conversation" },
  { id: "unread", keys: "u", group: "conversation" },
  { id: "note", keys: "c", group: "conversation" },
  { id: "unfold", keys: "o", group: "conversation" },
  { id: "nextMessage", keys: "n", group: "conversation" },
  { id: "previousMessage", keys: "p", group: "conversation" },
  { id: "back", keys: "Escape", group: "conversation" },
  { id: "undo", keys: "z", group: "everywhere" },
  { id: "search", keys: "/", group: "everywhere" },
  { id: "palette", keys: "$mod+k", group: "everywhere" },
  { id: "goInbox", keys: "g i", group: "everywhere" },
  { id: "goBoard", keys: "g b", group: "everywhere" },
  { id: "goContacts", keys: "g c", group: "everywhere" },
  { id: "goSources", keys: "g s", group: "everywhere" },
  { id: "goOperations", keys: "g o", group: "everywhere" },
  { id: "goSettings", keys: "g ,", group: "everywhere" },
  { id: "help", keys: "?", group: "everywhere" },
] as const;

export type ShortcutId = (typeof SHORTCUTS)[number]["id"];

const KEYS: Record<ShortcutId, string> = Object.fromEntries(
  SHORTCUTS.map(({ id, keys }) => [id, keys]),
) as Record<ShortcutId, string>;

/** "?" needs Shift on most keyboards, and tinykeys asks for the modifier too. */
const PRESSED: Partial<Record<ShortcutId, string[]>> = {
  help: ["Shift+?", "?"],
  search: ["/", "Shift+/"],
  down: ["j", "ArrowDown"],
  up: ["k", "ArrowUp"],
  extendDown: ["Shift+J", "Shift+ArrowDown"],
  extendUp: ["Shift+K", "Shift+ArrowUp"],
};

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === "checkbox") return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Keys do nothing while a person types, or while a dialog or menu is open. */
function silent(event: KeyboardEvent, id: ShortcutId): boolean {
  if (document.querySelector("[role='dialog'], [role='menu'], [role='alertdialog']") !== null) return true;
  if (event.target instanceof HTMLElement && event.target.closest("[data-own-keys]")) return true;
  return id !== "palette" && isTyping(event.target);
}

/** Binds keys while the component is shown; a handler that answers false lets the key pass. */
export function useShortcuts(handlers: Partial<Record<ShortcutId, () => unknown>>): void {
  const latest = useRef(handlers);
  // Before it is painted: a key pressed at once is about what is seen.
  useLayoutEffect(() => {
    latest.current = handlers;
  });
  const ids = Object.keys(handlers).join(" ");
  useLayoutEffect(() => {
    const map: Record<string, (event: KeyboardEvent) => void> = {};
    for (const id of ids.split(" ") as ShortcutId[]) {
      for (const keys of PRESSED[id] ?? [KEYS[id]]) {
        map[keys] = (event) => {
          if (event.defaultPrevented || silent(event, id)) return;
          if (latest.current[id]?.() !== false) event.preventDefault();
        };
      }
    }
    return tinykeys(window, map);
  }, [ids]);
}

export const onApple = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Keys as `aria-keyshortcuts` has them. */
export const ariaKeys = (keys: string): string =>
  keys.replace("$mod+", onApple ? "Meta+" : "Control+").replaceAll(" ", "");

/** How a key is written for a person: "Ctrl K" or "⌘ K", "G then I" as two keys. */
export function keyLabels(keys: string, apple: boolean): string[] {
  return keys
    .replace("$mod+", apple ? "⌘ " : "Ctrl ")
    .replace("Shift+", "⇧ ")
    .split(" ")
    .map((key) => ({ Escape: "Esc", Enter: "↵" })[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

export const keysOf = (id: ShortcutId): string => KEYS[id];
