import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useRef, useState } from "react";

import { useText } from "@/i18n/text";
import { membersOptions } from "@/lib/queries/members";

import { matches, nameOf, typedName } from "./mentioning";

interface Given {
  text: string;
  write: (text: string) => void;
  send: () => void;
  cancel: () => void;
}

/** Where a note is written; "@" offers colleagues, Ctrl-Enter saves. */
export function NoteField({ text, write, send, cancel }: Given) {
  const { t } = useText();
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const { data: members } = useQuery(membersOptions);
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState<number | null>(null);
  const typed = typedName(text, caret);
  const offered = typed && dismissed !== typed.from ? matches(members?.items ?? [], typed.typed) : [];
  const chosen = Math.min(at, Math.max(0, offered.length - 1));

  const take = (place: number) => {
    const person = offered[place];
    if (!person || !typed) return;
    const next = `${text.slice(0, typed.from)}@${nameOf(person)} `;
    write(next + text.slice(caret));
    setDismissed(typed.from);
    requestAnimationFrame(() => box.current?.setSelectionRange(next.length, next.length));
  };
  const keys: Partial<Record<string, () => void>> = {
    ...(offered.length > 0
      ? {
          ArrowDown: () => setAt((chosen + 1) % offered.length),
          ArrowUp: () => setAt((chosen - 1 + offered.length) % offered.length),
          Enter: () => take(chosen),
          Tab: () => take(chosen),
          Escape: () => setDismissed(typed?.from ?? null),
        }
      : { Escape: cancel }),
    "Control Enter": send,
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const work = keys[event.ctrlKey || event.metaKey ? `Control ${event.key}` : event.key];
    if (!work) return;
    event.preventDefault();
    event.stopPropagation();
    work();
  };
  return (
    <div className="note-field">
      <span className="visually-hidden" role="status">
        {offered.length > 0 && t("note.offered", { count: offered.length })}
      </span>
      <textarea
        ref={box}
        aria-label={t("note.text")}
        aria-autocomplete="list"
        aria-controls={`${id}-people`}
        aria-activedescendant={offered.length > 0 ? `${id}-${chosen}` : undefined}
        placeholder={t("note.placeholder")}
        rows={3}
        autoFocus
        maxLength={20_000}
        value={text}
        onChange={({ target }) => {
          write(target.value);
          setCaret(target.selectionStart);
          setAt(0);
        }}
        onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart)}
        onKeyDown={press}
      />
      <div
        className="note-people"
        id={`${id}-people`}
        role="listbox"
        aria-label={t("note.people")}
        hidden={offered.length === 0}
      >
        {offered.map((person, place) => (
          // The keyboard chooses in the field; the pointer chooses here.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={person.id}
            id={`${id}-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === chosen}
            className="menu-item"
            data-focused={place === chosen || undefined}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => take(place)}
          >
            <span className="grow cut">{nameOf(person)}</span>
            <span className="muted label cut">{person.email}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
