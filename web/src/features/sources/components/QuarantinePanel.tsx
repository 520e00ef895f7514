import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ShieldQuestion } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { useNotices } from "@/components/notices";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import type { KeptAside, Source } from "@/lib/shapes";

import { type Decision, useDecide } from "../api/changes";
import { deliveryOptions, keptAsideOptions } from "../api/details";
import { useReason } from "../reasons";

/** Deliveries that proved nothing: looked at, let in or dropped, one, some or all. */
export function QuarantinePanel({ source }: { source: Source }) {
  const { t } = useText();
  const { say } = useNotices();
  const decide = useDecide();
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(keptAsideOptions(source.id));
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const rows = data?.pages.flatMap(({ items }) => items) ?? [];
  const chosen = rows.filter(({ event_id: id }) => ticked.has(id)).map(({ event_id: id }) => id);
  const toggle = (id: string) => {
    const next = new Set(ticked);
    if (!next.delete(id)) next.add(id);
    setTicked(next);
  };
  const run = (what: Decision["what"]) =>
    decide.mutate(
      { what, eventIds: chosen.length > 0 ? chosen : null, sourceId: source.id },
      {
        onSuccess: (count) => {
          setTicked(new Set());
          say(t(what === "release" ? "sources.released" : "sources.dropped", { count }));
        },
      },
    );
  if (error) return <Problem error={error} retry={refetch} />;
  if (!data) return <Skeleton />;
  if (rows.length === 0)
    return (
      <Empty
        icon={ShieldQuestion}
        title={t("sources.aside.empty")}
        detail={t("sources.aside.empty.detail")}
      />
    );
  return (
    <div className="stack">
      <p className="muted label">{t("sources.aside.lead")}</p>
      <ul className="aside-list" aria-label={t("sources.details.quarantine")}>
        {rows.map((one) => (
          <Row key={one.event_id} one={one} ticked={ticked.has(one.event_id)} toggle={toggle} />
        ))}
      </ul>
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>{t("sources.aside.more")}</Button>}
      <div className="form-actions">
        <Button kind="danger" disabled={decide.isPending} onClick={() => run("drop")}>
          {chosen.length > 0 ? t("sources.drop", { count: chosen.length }) : t("sources.drop.all")}
        </Button>
        <Button kind="primary" disabled={decide.isPending} onClick={() => run("release")}>
          {chosen.length > 0 ? t("sources.release", { count: chosen.length }) : t("sources.release.all")}
        </Button>
      </div>
    </div>
  );
}

interface RowGiven {
  one: KeptAside;
  ticked: boolean;
  toggle: (id: string) => void;
}

function Row({ one, ticked, toggle }: RowGiven) {
  const { t, time, bytes } = useText();
  const nameOf = useReason();
  const [open, setOpen] = useState(false);
  const id = one.event_id;
  return (
    <li className="aside">
      <div className="check-field">
        <input id={`aside-${id}`} type="checkbox" checked={ticked} onChange={() => toggle(id)} />
        <label htmlFor={`aside-${id}`} className="grow">
          {time(one.at)} · {bytes(one.size)}
          <span className="field-hint">{nameOf(one.reason)}</span>
        </label>
        <Button kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? "sources.aside.hide" : "sources.aside.show")}
        </Button>
      </div>
      {open && <p className="muted label">{one.detail}</p>}
      {open && <Delivery id={id} />}
    </li>
  );
}

function Delivery({ id }: { id: string }) {
  const { t } = useText();
  const { data, error, refetch } = useQuery(deliveryOptions(id));
  if (error) return <Problem error={error} retry={refetch} />;
  if (!data) return <Skeleton />;
  const headers = Object.entries(data.headers).map(([name, value]) => `${name}: ${value}`);
  return (
    // A long delivery scrolls, so the keyboard must reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className="delivery" tabIndex={0} aria-label={t("sources.aside.delivery")}>
      {`${headers.join("\n")}\n\n${data.payload}${data.payload_cut ? "…" : ""}`}
    </pre>
  );
}
