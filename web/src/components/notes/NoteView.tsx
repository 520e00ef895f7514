import { useQuery } from "@tanstack/react-query";
import { Pencil, StickyNote, Trash2 } from "lucide-react";
import { useState } from "react";

import { useText } from "@/i18n/text";
import { membersOptions } from "@/lib/queries/members";
import { type NotePlace, useChangeNote, useDropNote } from "@/lib/queries/notes";
import type { Note } from "@/lib/shapes";

import { Age } from "../Age";
import { Button, IconButton } from "../Button";
import { useNotices } from "../notices";
import { useRefused } from "../useRefused";
import { useTakeBack } from "../useActions";
import { mentioned } from "./mentioning";
import { NoteField } from "./NoteField";
import { NoteText } from "./NoteText";

/** A note among colleagues; the customer never sees it. */
export function NoteView({ note, place }: { note: Note; place: NotePlace }) {
  const { t } = useText();
  const { say } = useNotices();
  const takeBack = useTakeBack();
  const [text, setText] = useState<string | null>(null);
  const { data: members } = useQuery(membersOptions);
  const change = useChangeNote(place);
  const drop = useDropNote(place);
  const refused = useRefused();
  const save = () => {
    if (text === null || text.trim() === "") return;
    change.mutate(
      { id: note.id, text: text.trim(), mentions: mentioned(text, members?.items ?? []) },
      { onSuccess: () => setText(null), onError: refused },
    );
  };
  const dropIt = () =>
    // The note is gone from the screen when the answer has come.
    void drop
      .mutateAsync(note.id)
      .then(({ undo }) => say(t("note.dropped"), () => takeBack(undo.id)), refused);
  return (
    <article className="note" aria-label={t("note.by", { name: note.author?.name ?? t("activity.system") })}>
      <header className="message-head">
        <StickyNote aria-hidden className="icon small" />
        <strong>{note.author?.name ?? t("activity.system")}</strong>
        <span className="muted">{t("note.internal")}</span>
        {note.edited_at !== null && <span className="muted">{t("note.edited")}</span>}
        <Age at={note.created_at} />
        {note.editable && (
          <>
            <IconButton icon={Pencil} label={t("note.edit")} onClick={() => setText(note.text)} />
            <IconButton icon={Trash2} label={t("note.drop")} onClick={dropIt} />
          </>
        )}
      </header>
      {text === null ? (
        <NoteText text={note.text} names={note.mentions.map(({ name }) => name)} />
      ) : (
        <>
          <NoteField text={text} write={setText} send={save} cancel={() => setText(null)} />
          <div className="form-actions">
            <Button onClick={() => setText(null)}>{t("app.cancel")}</Button>
            <Button kind="primary" disabled={change.isPending} onClick={save}>
              {t("app.save")}
            </Button>
          </div>
        </>
      )}
    </article>
  );
}
