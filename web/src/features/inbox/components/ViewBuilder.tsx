import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { CheckField, TextField } from "@/components/Field";
import { Select } from "@/components/Select";
import { useText } from "@/i18n/text";
import { useSettled } from "@/lib/delayed";
import type { Filter } from "@/lib/filter";
import { countOptions, useSaveView } from "@/lib/queries/views";
import type { View } from "@/lib/shapes";

import { type Draft, draftOf, EMPTY, filterOf, type Group, NEW_LINE } from "../draft";
import { LineEditor } from "./LineEditor";

interface Given {
  kind: "filter" | "new" | "edit";
  saved: View | undefined;
  start: Filter | undefined;
  /** Shows the list narrowed, without saving. */
  apply: (filter: Filter | undefined) => void;
  show: (view: number) => void;
  close: () => void;
}

/** Conditions joined by "and" and "or", with the number of conversations they leave while they are made. */
export function ViewBuilder({ kind, saved, start, apply, show, close }: Given) {
  const { t } = useText();
  const [draft, setDraft] = useState<Draft>(() => draftOf(start) ?? EMPTY);
  const [name, setName] = useState(saved?.name ?? "");
  const [shared, setShared] = useState(saved?.shared ?? false);
  const save = useSaveView();
  const filter = filterOf(draft);
  const setGroup = (at: number, group: Group | null) =>
    setDraft(({ every, groups }) => {
      const next = groups.flatMap((one, place) => (place === at ? (group ? [group] : []) : [one]));
      return { every, groups: next.length === 0 ? EMPTY.groups : next };
    });
  const submit = async () => {
    if (kind === "filter") apply(filter);
    else if (filter) {
      const view = await save.mutateAsync({
        id: saved?.id ?? null,
        change: { name: name.trim(), filter, shared },
      });
      show(view.id);
    }
    close();
  };
  return (
    <Dialog title={t(`view.${kind}`)} close={close} wide>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {kind !== "filter" && (
          <TextField
            label={t("view.name")}
            value={name}
            required
            maxLength={80}
            autoFocus
            onChange={({ target }) => setName(target.value)}
          />
        )}
        {draftOf(start) === null && <p className="hint">{t("view.tooDeep")}</p>}
        {draft.groups.map((group, at) => (
          <GroupEditor
            key={at}
            group={group}
            joined={at > 0 ? draft.every : null}
            join={(every) => setDraft({ ...draft, every })}
            change={(next) => setGroup(at, next)}
          />
        ))}
        <Button
          kind="quiet"
          icon={Plus}
          onClick={() =>
            setDraft({ ...draft, groups: [...draft.groups, { every: true, lines: [NEW_LINE] }] })
          }
        >
          {t("view.addGroup")}
        </Button>
        {kind !== "filter" && (
          <CheckField
            label={t("view.shared")}
            checked={shared}
            onChange={({ target }) => setShared(target.checked)}
          />
        )}
        {save.error && (
          <p className="field-error" role="alert">
            {save.error.message}
          </p>
        )}
        <div className="form-actions">
          <Preview filter={filter} />
          <Button onClick={close}>{t("app.cancel")}</Button>
          <Button
            kind="primary"
            type="submit"
            disabled={save.isPending || (kind !== "filter" && (!filter || name.trim() === ""))}
          >
            {t(kind === "filter" ? "view.apply" : "app.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Preview({ filter }: { filter: Filter | undefined }) {
  const { t } = useText();
  const settled = useSettled(filter, 200);
  const { data } = useQuery({
    ...countOptions(settled ?? { all: [] }),
    enabled: settled !== undefined,
    placeholderData: keepPreviousData,
  });
  return (
    <span className="muted label grow" role="status">
      {filter && data && t(data.at_least ? "view.atLeast" : "inbox.count", { count: data.count })}
    </span>
  );
}

interface GroupGiven {
  group: Group;
  /** How it is joined to the one before; null for the first. */
  joined: boolean | null;
  join: (every: boolean) => void;
  change: (group: Group | null) => void;
}

function GroupEditor({ group, joined, join, change }: GroupGiven) {
  const { t } = useText();
  const words = (every: boolean) => (every ? "and" : "or");
  const options = [
    { value: "and", label: t("view.and") },
    { value: "or", label: t("view.or") },
  ] as const;
  return (
    <fieldset className="view-group">
      <legend className="visually-hidden">{t("view.group")}</legend>
      {joined !== null && (
        <Select
          label={t("view.join")}
          value={words(joined)}
          options={options}
          change={(word) => join(word === "and")}
        />
      )}
      {group.lines.map((line, at) => (
        <div key={at} className="view-line">
          {at > 0 ? (
            <Select
              label={t("view.join")}
              value={words(group.every)}
              options={options}
              change={(word) => change({ ...group, every: word === "and" })}
            />
          ) : (
            <span className="view-where muted">{t("view.where")}</span>
          )}
          <LineEditor
            line={line}
            change={(next) => {
              const lines = group.lines.flatMap((one, place) =>
                place === at ? (next ? [next] : []) : [one],
              );
              change(lines.length === 0 ? null : { ...group, lines });
            }}
          />
        </div>
      ))}
      <Button
        kind="quiet"
        icon={Plus}
        onClick={() => change({ ...group, lines: [...group.lines, NEW_LINE] })}
      >
        {t("view.addLine")}
      </Button>
    </fieldset>
  );
}
