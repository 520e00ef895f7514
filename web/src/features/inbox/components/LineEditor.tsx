import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";

import { IconButton } from "@/components/Button";
import { type Option, Select } from "@/components/Select";
import { useText } from "@/i18n/text";
import { type Field, FIELDS } from "@/lib/filter";
import { columnsOptions } from "@/lib/queries/board";
import { membersOptions } from "@/lib/queries/members";
import { sourcesOptions } from "@/lib/queries/sources";
import { tagsOptions } from "@/lib/queries/tags";

import { type Line, operatorsOf } from "../draft";

interface Given {
  line: Line;
  change: (line: Line | null) => void;
}

/** Contacts and companies are narrowed to from their own pages. */
const OFFERED = FIELDS.filter((field) => field !== "contact" && field !== "company");

/** One condition: what, how, and which. */
export function LineEditor({ line, change }: Given) {
  const { t } = useText();
  const { field, operator } = line;
  const options = useValues(field);
  const operators = operatorsOf(field);
  const pickField = (next: Field) =>
    change({ field: next, operator: operatorsOf(next)[0] ?? "is", value: firstValue(next) });
  return (
    <>
      <Select
        label={t("view.field")}
        value={field}
        options={OFFERED.map((value) => ({ value, label: t(`view.field.${value}`) }))}
        change={pickField}
      />
      <Select
        label={t("view.operator")}
        value={operator}
        options={operators.map((value) => ({ value, label: t(`view.operator.${value}`) }))}
        change={(next) => change({ ...line, operator: next })}
      />
      {options === null ? (
        <input
          type={operator === "contains" ? "text" : "date"}
          aria-label={t("view.value")}
          className="grow"
          value={line.value}
          onChange={({ target }) => change({ ...line, value: target.value })}
        />
      ) : (
        <Select
          label={t("view.value")}
          value={line.value}
          options={options}
          change={(value) => change({ ...line, value })}
        />
      )}
      <IconButton icon={X} label={t("view.removeLine")} onClick={() => change(null)} />
    </>
  );
}

function firstValue(field: Field): string {
  if (field === "status") return "open";
  if (field === "channel") return "email";
  if (field === "assignee") return "me";
  if (field === "unread" || field === "attachment" || field === "snoozed") return "true";
  return field === "tag" || field === "board_column" ? "none" : "";
}

/** What can be chosen; null where something is typed. */
function useValues(field: Field): readonly Option<string>[] | null {
  const { t } = useText();
  const { data: tags } = useQuery({ ...tagsOptions, enabled: field === "tag" });
  const { data: members } = useQuery({ ...membersOptions, enabled: field === "assignee" });
  const { data: sources } = useQuery({ ...sourcesOptions, enabled: field === "source" });
  const { data: columns } = useQuery({ ...columnsOptions, enabled: field === "board_column" });
  const named = (found: readonly { id: number; name: string }[] | undefined) =>
    (found ?? []).map(({ id, name }) => ({ value: String(id), label: name }));
  const none = { value: "none", label: t("view.none") };
  switch (field) {
    case "status":
      return (["open", "closed"] as const).map((value) => ({
        value,
        label: t(`conversation.status.${value}`),
      }));
    case "channel":
      return (["email", "chat", "form"] as const).map((value) => ({ value, label: t(`channel.${value}`) }));
    case "unread":
    case "attachment":
    case "snoozed":
      return (["true", "false"] as const).map((value) => ({ value, label: t(`view.${value}`) }));
    case "assignee":
      return [
        { value: "me", label: t("assign.me") },
        { value: "none", label: t("assign.nobody") },
        ...named(members?.items),
      ];
    case "tag":
      return [none, ...named(tags?.items)];
    case "source":
      return [{ value: "", label: t("view.choose") }, ...named(sources?.items)];
    case "board_column":
      return [none, ...named(columns?.items)];
    default:
      return null;
  }
}
