import { useQuery } from "@tanstack/react-query";
import { Plus, Tags, Trash2 } from "lucide-react";

import { Button, IconButton } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { Refusal, valuesOf } from "@/components/Form";
import { useNotices } from "@/components/notices";
import { Problem } from "@/components/Problem";
import { Select } from "@/components/Select";
import { useTakeBack } from "@/components/useActions";
import { useRefused } from "@/components/useRefused";
import { useText } from "@/i18n/text";
import { COLOURS, nextColour, tagsOptions, useAddTag, useChangeTag, useDropTag } from "@/lib/queries/tags";
import type { Tag } from "@/lib/shapes";

/** The workspace's tags: names and colours; a removed one can be taken back. */
export function TagsSection() {
  const { t } = useText();
  const { data, error, refetch } = useQuery(tagsOptions);
  const add = useAddTag();
  if (error) return <Problem error={error} retry={refetch} />;
  return (
    <section className="card" aria-labelledby="tags-title">
      <h2 id="tags-title">{t("settings.tags")}</h2>
      <p className="muted">{t("tags.lead")}</p>
      {data?.items.length === 0 && (
        <Empty icon={Tags} title={t("tags.none")} detail={t("tags.none.detail")} />
      )}
      <ul className="line-list">
        {data?.items.map((tag) => (
          <OneTag key={tag.id} tag={tag} />
        ))}
      </ul>
      <form
        className="form-actions"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          const name = (valuesOf(form).name ?? "").trim();
          if (name === "") return;
          add.mutate({ name, color: nextColour(data?.items ?? []) }, { onSuccess: () => form.reset() });
        }}
      >
        <input
          name="name"
          aria-label={t("tags.new")}
          placeholder={t("tags.new")}
          maxLength={40}
          className="grow"
        />
        <Button icon={Plus} type="submit" disabled={add.isPending}>
          {t("app.add")}
        </Button>
      </form>
      <Refusal error={add.error} />
    </section>
  );
}

function OneTag({ tag }: { tag: Tag }) {
  const { t } = useText();
  const { say } = useNotices();
  const takeBack = useTakeBack();
  const change = useChangeTag();
  const drop = useDropTag();
  const { id, name, color } = tag;
  const refused = useRefused();
  return (
    <li>
      <span className="tag-dot" data-colour={color} />
      <input
        className="grow"
        aria-label={`${t("tags.name")}: ${name}`}
        defaultValue={name}
        maxLength={40}
        onBlur={({ target }) => {
          const next = target.value.trim();
          if (next !== "" && next !== name) change.mutate({ id, name: next }, { onError: refused });
        }}
      />
      <Select
        label={`${t("tags.colour")}: ${name}`}
        value={color}
        options={COLOURS.map((value) => ({ value, label: t(`colour.${value}`) }))}
        change={(next) => change.mutate({ id, color: next }, { onError: refused })}
      />
      <IconButton
        icon={Trash2}
        label={t("tags.drop", { name })}
        onClick={() =>
          // The line is gone when the answer has come.
          void drop
            .mutateAsync(id)
            .then(({ undo }) => say(t("tags.dropped", { name }), () => takeBack(undo.id)), refused)
        }
      />
    </li>
  );
}
