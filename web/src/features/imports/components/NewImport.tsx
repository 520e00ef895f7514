import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Field, TextField } from "@/components/Field";
import { useNotices } from "@/components/notices";
import { Select } from "@/components/Select";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { sourcesOptions } from "@/lib/queries/sources";

import { type Into, useBeginImports } from "../api/imports";
import { type Chosen, parcels } from "../upload/parcels";
import { DropZone } from "./DropZone";
import { OtherWays } from "./OtherWays";

const NEW = "new";

/** Which source old mail belongs to, and the files it is in. */
export function NewImport() {
  const { t } = useText();
  const { complain } = useNotices();
  const { data } = useQuery(sourcesOptions);
  const [chosen, choose] = useState<string | null>(null);
  const [written, write] = useState<string | null>(null);
  const begin = useBeginImports();
  if (!data) return <Skeleton />;
  const known = data.items.filter(({ kind }) => kind === "import");
  const source = chosen ?? (known[0] ? String(known[0].id) : NEW);
  const name = written ?? t("imports.source.suggested");
  const take = (files: readonly Chosen[]) => {
    const found = parcels(files);
    if (found.length === 0) {
      complain(t("imports.nothing"));
      return;
    }
    const into: Into =
      source === NEW
        ? { source_name: name.trim() || t("imports.source.suggested") }
        : { source_id: Number(source) };
    begin.mutate({ into, parcels: found });
  };
  return (
    <section className="card new-import" aria-labelledby="new-import">
      <h2 id="new-import">{t("imports.new")}</h2>
      <div className="import-source">
        <Field label={t("imports.source")}>
          {(wired) => (
            <Select
              id={wired.id}
              label={t("imports.source")}
              value={source}
              options={[
                ...known.map((one) => ({ value: String(one.id), label: one.name })),
                { value: NEW, label: t("imports.source.new") },
              ]}
              change={choose}
            />
          )}
        </Field>
        {source === NEW && (
          <TextField
            label={t("imports.source.name")}
            maxLength={100}
            value={name}
            onChange={({ target }) => write(target.value)}
          />
        )}
      </div>
      <DropZone take={take} busy={begin.isPending} />
      <OtherWays source={known.find(({ id }) => String(id) === source)?.name ?? name} />
    </section>
  );
}
