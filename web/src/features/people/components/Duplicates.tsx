import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/Button";
import { useNotices } from "@/components/notices";
import { useTakeBack } from "@/components/useActions";
import { useRefused } from "@/components/useRefused";
import { useText } from "@/i18n/text";

import { type Duplicate, duplicatesOptions, useMergePeople, useNotDuplicates, type Who } from "../api/people";
import { PersonLink } from "./PersonLink";

/** Who may be the same, and why; made one with a press, and two again with undo. Says nothing when there is nobody. */
export function Duplicates({ who }: { who: Who }) {
  const { t } = useText();
  const { data } = useQuery(duplicatesOptions(who));
  if (!data || data.length === 0) return null;
  return (
    <section className="card" aria-labelledby="duplicates-title">
      <h2 id="duplicates-title">{t("people.duplicates")}</h2>
      <ul className="plain-list duplicates">
        {data.slice(0, 5).map((found) => (
          <Found key={found.id} who={who} found={found} />
        ))}
      </ul>
    </section>
  );
}

function Found({ who, found }: { who: Who; found: Duplicate }) {
  const { t, list } = useText();
  const { say } = useNotices();
  const takeBack = useTakeBack();
  const merge = useMergePeople(who);
  const different = useNotDuplicates(who);
  const refused = useRefused();
  const { id, name, detail, why } = found;
  return (
    <li>
      <span className="two-lines">
        <PersonLink who={{ kind: who.kind, id }} className="cut">
          {name}
        </PersonLink>
        <span className="muted cut label">{detail}</span>
        <span className="muted label">
          {t("people.same", { why: list(why.map((clue) => t(`people.clue.${clue}`))) })}
        </span>
      </span>
      <span className="form-actions">
        <Button
          kind="quiet"
          disabled={different.isPending}
          onClick={() => different.mutate([id], { onError: refused })}
        >
          {t("people.different")}
        </Button>
        <Button
          disabled={merge.isPending}
          onClick={() =>
            // The line is gone when the answer has come.
            void merge
              .mutateAsync([id])
              .then(
                (undo) => say(t("people.merged", { name }), undo === null ? undefined : () => takeBack(undo)),
                refused,
              )
          }
        >
          {t("people.merge")}
        </Button>
      </span>
    </li>
  );
}
