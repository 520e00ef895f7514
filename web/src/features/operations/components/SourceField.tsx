import { useQuery } from "@tanstack/react-query";

import { Field } from "@/components/Field";
import { Select } from "@/components/Select";
import { useText } from "@/i18n/text";
import { sourcesOptions } from "@/lib/queries/sources";

interface Given {
  source: number | undefined;
  choose: (source: number | undefined) => void;
}

/** One source, or all. */
export function SourceField({ source, choose }: Given) {
  const { t } = useText();
  const { data } = useQuery(sourcesOptions);
  const named = data?.items.map(({ id, name }) => ({ value: String(id), label: name })) ?? [];
  return (
    <Field label={t("operations.filter.source")}>
      {({ id }) => (
        <Select
          id={id}
          label={t("operations.filter.source")}
          value={source === undefined ? "" : String(source)}
          options={[{ value: "", label: t("operations.filter.all") }, ...named]}
          change={(value) => choose(value === "" ? undefined : Number(value))}
        />
      )}
    </Field>
  );
}
