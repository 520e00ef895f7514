import { useQuery } from "@tanstack/react-query";
import { StickyNote } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { useText } from "@/i18n/text";
import { useDraft } from "@/lib/drafts";
import { membersOptions } from "@/lib/queries/members";
import { type NotePlace, useAddNote } from "@/lib/queries/notes";
import { sessionOptions } from "@/lib/queries/session";

import { Button } from "../Button";
import { useRefused } from "../useRefused";
import { mentioned } from "./mentioning";
import { NoteField } from "./NoteField";

interface Given {
  place: NotePlace;
  open: boolean;
  setOpen: (open: boolean) => void;
  /** Told when somebody begins and stops writing. */
  typing?: (now: boolean) => void;
}

/** A note for colleagues; what is not saved yet is there again after the page was closed. */
export function NoteEditor({ place, open, setOpen, typing }: Given) {
  const { t } = useText();
  const refused = useRefused();
  const { data: session } = useQuery(sessionOptions);
  const [me] = useState(session?.member.id ?? 0); // a session that ends meanwhile leaves the draft its writer's
  const { text, write, drop } = useDraft(`${me} note ${place.on} ${place.id}`);
  const { data: members } = useQuery(membersOptions);
  const add = useAddNote(place);
  const opener = useRef<HTMLButtonElement>(null);
  const busy = open && text !== "";
  const told = useRef(typing);
  useEffect(() => {
    told.current = typing;
  });
  useEffect(() => {
    told.current?.(busy);
  }, [busy]);

  const shut = () => {
    setOpen(false);
    requestAnimationFrame(() => opener.current?.focus());
  };
  const send = () => {
    if (text.trim() === "" || add.isPending) return;
    add.mutate(
      { text: text.trim(), mentions: mentioned(text, members?.items ?? []) },
      {
        onSuccess: () => {
          drop();
          shut();
        },
        onError: refused,
      },
    );
  };
  if (!open)
    return (
      <div className="note-editor">
        <Button ref={opener} kind="quiet" icon={StickyNote} keys="c" onClick={() => setOpen(true)}>
          {text === "" ? t("note.add") : t("note.draft")}
        </Button>
      </div>
    );
  return (
    <form
      className="note-editor"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <NoteField text={text} write={write} send={send} cancel={shut} />
      <div className="form-actions">
        <span className="muted label grow">{t("note.hint")}</span>
        <Button onClick={shut}>{t("app.cancel")}</Button>
        <Button kind="primary" type="submit" disabled={text.trim() === "" || add.isPending}>
          {t("note.save")}
        </Button>
      </div>
    </form>
  );
}
