import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plug, Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { Empty } from "@/components/Empty";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { sourcesOptions } from "@/lib/queries/sources";
import type { Source } from "@/lib/shapes";

import { SourceCard } from "./SourceCard";

import "../sources.css";

const Wizard = lazy(() => import("./Wizard").then((file) => ({ default: file.Wizard })));
const Mapping = lazy(() => import("./Mapping").then((file) => ({ default: file.Mapping })));
const Details = lazy(() => import("./Details").then((file) => ({ default: file.Details })));
const Rotate = lazy(() => import("./Rotate").then((file) => ({ default: file.Rotate })));

export type Asked =
  { what: "add" } | { what: "mapping" | "rotate" | "activity" | "quarantine"; source: Source } | null;

/** Where post comes from, with the count at every step of its way. */
export function SourcesScreen() {
  const { t } = useText();
  const { data, error, refetch } = useQuery(sourcesOptions);
  const [asked, ask] = useState<Asked>(null);
  const close = () => ask(null);
  // What is open shows the source as it is now.
  const fresh = (source: Source) => data?.items.find(({ id }) => id === source.id) ?? source;
  const add = (
    <button type="button" className="button primary" onClick={() => ask({ what: "add" })}>
      <Plus aria-hidden className="icon" />
      {t("sources.add")}
    </button>
  );
  return (
    <div className="screen">
      <header className="screen-head">
        <div className="grow">
          <h1>{t("sources.title")}</h1>
          <p className="muted">{t("sources.lead")}</p>
        </div>
        <Link to="/mailboxes" className="button">
          {t("mailboxes.title")}
        </Link>
        {data && data.items.length > 0 && add}
      </header>
      {error && <Problem error={error} retry={refetch} />}
      {!data && !error && <Skeleton />}
      {data?.items.length === 0 && (
        <Empty icon={Plug} title={t("sources.empty")} detail={t("sources.empty.detail")}>
          {add}
        </Empty>
      )}
      <ul className="stack" aria-label={t("sources.list")}>
        {data?.items.map((source) => (
          <li key={source.id}>
            <SourceCard source={source} ask={ask} />
          </li>
        ))}
      </ul>
      <Suspense>
        {asked?.what === "add" && <Wizard close={close} />}
        {asked?.what === "mapping" && <Mapping source={asked.source} close={close} />}
        {(asked?.what === "activity" || asked?.what === "quarantine") && (
          <Details source={fresh(asked.source)} first={asked.what} close={close} />
        )}
        {asked?.what === "rotate" && <Rotate source={asked.source} close={close} />}
      </Suspense>
    </div>
  );
}
