/** Times to sleep until, from `now`, in the reader's own time zone: mornings are at 8, evenings at 18. */
export function snoozeTimes(
  now: Date,
): { id: "later" | "evening" | "tomorrow" | "monday" | "month"; at: Date }[] {
  const at = (days: number, hour: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const untilMonday = (8 - now.getDay()) % 7 || 7;
  const month = new Date(now.getFullYear(), now.getMonth() + 1, now.getDate(), 8);
  const evening = at(0, 18);
  return [
    { id: "later", at: new Date(now.getTime() + 3 * 3_600_000) },
    ...(evening.getTime() - now.getTime() > 3_600_000 ? [{ id: "evening" as const, at: evening }] : []),
    { id: "tomorrow", at: at(1, 8) },
    ...(untilMonday > 1 ? [{ id: "monday" as const, at: at(untilMonday, 8) }] : []),
    { id: "month", at: month },
  ];
}
