import type { Text } from "@/i18n/text";
import type { Activity } from "@/lib/shapes";

type Changes = Activity["after"];

/** An activity as a sentence: who, and every single thing that changed. */
export function says({ actor, action, before, after }: Activity, { t, time, list }: Text): string {
  const who = actor?.name ?? t("activity.system");
  if (action === "merged") return t("activity.merged", { who, count: after.conversations?.length ?? 1 });
  if (action === "split") return t("activity.split", { who });
  if (action === "woken") return t("activity.woken");
  const parts = [
    after.status !== undefined && after.status !== null && t(`activity.${after.status}`),
    after.unread !== undefined && after.unread !== null && t(after.unread ? "activity.unread" : "activity.read"),
    after.assignee !== undefined &&
      (after.assignee === null ? t("activity.unassigned") : t("activity.assigned", { name: after.assignee.name })),
    after.snoozed_until !== undefined &&
      (after.snoozed_until === null
        ? t("activity.unsnoozed")
        : t("activity.snoozed", { until: time(after.snoozed_until) })),
    after.board_column !== undefined &&
      (after.board_column === null ? t("activity.offBoard") : t("activity.moved", { name: after.board_column.name })),
    ...tagParts(before, after, t),
  ].filter((part) => typeof part === "string");
  const what = parts.length > 0 ? list(parts) : t("activity.changed");
  return t(action === "undone" ? "activity.undone" : "activity.did", { who, what });
}

function tagParts(before: Changes, after: Changes, t: Text["t"]): string[] {
  if (!after.tags) return [];
  const had = new Set((before.tags ?? []).map(({ id }) => id));
  const has = new Set(after.tags.map(({ id }) => id));
  return [
    ...after.tags.filter(({ id }) => !had.has(id)).map(({ name }) => t("activity.tagged", { name })),
    ...(before.tags ?? []).filter(({ id }) => !has.has(id)).map(({ name }) => t("activity.untagged", { name })),
  ];
}
