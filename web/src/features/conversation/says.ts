import type { Text } from "@/i18n/text";
import type { Activity } from "@/lib/shapes";

/** An activity as a sentence: who, and every single thing that changed. */
export function says(activity: Activity, text: Text): string {
  const { t, list } = text;
  const { actor, action, after, changed } = activity;
  const who = actor?.name ?? t("activity.system");
  if (action === "merged") return t("activity.merged", { who, count: after.conversations.length });
  if (action === "split") return t("activity.split", { who });
  if (action === "woken") return t("activity.woken");
  const parts = changed.flatMap((field) => partsOf(field, activity, text));
  const what = parts.length > 0 ? list(parts) : t("activity.changed");
  return t(action === "undone" ? "activity.undone" : "activity.did", { who, what });
}

function partsOf(field: string, { before, after }: Activity, { t, time }: Text): string[] {
  switch (field) {
    case "status":
      return [t(`activity.${after.status ?? "open"}`)];
    case "unread":
      return [t(after.unread ? "activity.unread" : "activity.read")];
    case "held":
      return [t(after.held ? "activity.held" : "activity.released")];
    case "assignee":
      return [
        after.assignee ? t("activity.assigned", { name: after.assignee.name }) : t("activity.unassigned"),
      ];
    case "snoozed_until":
      return [
        after.snoozed_until
          ? t("activity.snoozed", { until: time(after.snoozed_until) })
          : t("activity.unsnoozed"),
      ];
    case "board_column":
      return [
        after.board_column ? t("activity.moved", { name: after.board_column.name }) : t("activity.offBoard"),
      ];
    case "tags": {
      const had = new Set(before.tags.map(({ id }) => id));
      const has = new Set(after.tags.map(({ id }) => id));
      return [
        ...after.tags.filter(({ id }) => !had.has(id)).map(({ name }) => t("activity.tagged", { name })),
        ...before.tags.filter(({ id }) => !has.has(id)).map(({ name }) => t("activity.untagged", { name })),
      ];
    }
    default:
      return [];
  }
}
