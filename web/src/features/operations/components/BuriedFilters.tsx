import { useNavigate } from "@tanstack/react-router";

import { Button } from "@/components/Button";
import { Field, TextField } from "@/components/Field";
import { Select } from "@/components/Select";
import { useText } from "@/i18n/text";

import { useStageName } from "../useStageName";
import { changed, type Changes, type OperationsView, STAGES } from "../view";
import { SourceField } from "./SourceField";

/** Which buried items: the address remembers. */
export function BuriedFilters({ view }: { view: OperationsView }) {
  const { t } = useText();
  const nameOf = useStageName();
  const navigate = useNavigate();
  const go = (search: OperationsView) =>
    void navigate({ to: "/operations", search, replace: true, resetScroll: false });
  const change = (changes: Changes) => go(changed(view, changes));
  return (
    <form
      className="buried-filters"
      role="search"
      aria-label={t("operations.filter.title")}
      onSubmit={(event) => event.preventDefault()}
    >
      <Field label={t("operations.stage")}>
        {({ id }) => (
          <Select
            id={id}
            label={t("operations.stage")}
            value={view.stage ?? ""}
            options={[
              { value: "", label: t("operations.filter.all") },
              ...STAGES.map((value) => ({ value, label: nameOf(value) })),
            ]}
            change={(stage) => change({ stage: stage === "" ? undefined : stage })}
          />
        )}
      </Field>
      <SourceField source={view.source} choose={(source) => change({ source })} />
      <TextField
        label={t("operations.filter.error")}
        type="search"
        value={view.error ?? ""}
        onChange={({ target }) => change({ error: target.value || undefined })}
      />
      <TextField
        label={t("operations.filter.since")}
        type="date"
        value={view.since ?? ""}
        onChange={({ target }) => change({ since: target.value || undefined })}
      />
      {Object.keys(view).length > 0 && (
        <Button kind="quiet" onClick={() => go({})}>
          {t("operations.filter.clear")}
        </Button>
      )}
    </form>
  );
}
