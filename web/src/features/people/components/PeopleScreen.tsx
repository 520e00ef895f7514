import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Search, UserRoundX } from "lucide-react";

import { Age } from "@/components/Age";
import { Avatar } from "@/components/Avatar";
import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";

import { companyLinesOptions, contactLinesOptions, type PersonLine } from "../api/lists";
import "../people.css";
import { PersonLink } from "./PersonLink";

/** Everyone who writes to the workspace, by name. */
export function ContactsScreen() {
  const { q = "" } = useSearch({ from: "/contacts" });
  return <People kind="contacts" q={q} />;
}

/** Every company that is known, by name. */
export function CompaniesScreen() {
  const { q = "" } = useSearch({ from: "/companies" });
  return <People kind="companies" q={q} />;
}

type Kind = "contacts" | "companies";

function People({ kind, q }: { kind: Kind; q: string }) {
  const { t } = useText();
  const navigate = useNavigate();
  return (
    <div className="screen">
      <header className="screen-head">
        <h1>{t(`people.${kind}`)}</h1>
        <nav className="tabs grow" aria-label={t("people.lists")}>
          {(["contacts", "companies"] as const).map((one) => (
            <Link key={one} to={`/${one}`} className="tab" aria-current={one === kind ? "page" : undefined}>
              {t(`people.${one}`)}
            </Link>
          ))}
        </nav>
        <label className="people-box">
          <Search aria-hidden className="icon muted" />
          <input
            type="search"
            defaultValue={q}
            key={kind}
            aria-label={t(`people.find.${kind}`)}
            placeholder={t(`people.find.${kind}`)}
            onChange={({ target: { value } }) =>
              void navigate({ to: `/${kind}`, search: value ? { q: value } : {}, replace: true })
            }
          />
        </label>
      </header>
      {kind === "contacts" ? <Contacts q={q} /> : <Companies q={q} />}
    </div>
  );
}

function Contacts({ q }: { q: string }) {
  return <Lines kind="contacts" q={q} found={useInfiniteQuery(contactLinesOptions(q))} />;
}

function Companies({ q }: { q: string }) {
  return <Lines kind="companies" q={q} found={useInfiniteQuery(companyLinesOptions(q))} />;
}

interface Found {
  data: readonly PersonLine[] | undefined;
  error: Error | null;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

function Lines({ kind, q, found }: { kind: Kind; q: string; found: Found }) {
  const { t } = useText();
  if (found.error) return <Problem error={found.error} retry={found.refetch} />;
  if (!found.data) return <Skeleton lines={7} />;
  if (found.data.length === 0) return <Nobody kind={kind} q={q} />;
  return (
    <>
      <ul className="people-list" aria-label={t(`people.${kind}`)}>
        {found.data.map((line) => (
          <li key={line.id}>
            <Line kind={kind} line={line} />
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <Button kind="quiet" disabled={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t("app.more.show")}
        </Button>
      )}
    </>
  );
}

function Line({ kind, line }: { kind: Kind; line: PersonLine }) {
  const { t } = useText();
  const { id, detail, beside, last } = line;
  const name = line.name || t("people.unnamed");
  return (
    <PersonLink who={{ kind: kind === "contacts" ? "contact" : "company", id }} className="people-line">
      <span aria-hidden>
        <Avatar name={name} />
      </span>
      <strong className="cut">{name}</strong>
      <span className="muted cut">{detail}</span>
      <span className="cut people-beside">
        {typeof beside === "number" ? t("people.count", { count: beside }) : beside}
      </span>
      {last !== null && <Age at={last} />}
    </PersonLink>
  );
}

function Nobody({ kind, q }: { kind: Kind; q: string }) {
  const { t } = useText();
  if (q !== "") return <Empty icon={UserRoundX} title={t("people.nobody.found", { q })} />;
  return (
    <Empty icon={UserRoundX} title={t(`people.nobody.${kind}`)} detail={t(`people.nobody.${kind}.detail`)} />
  );
}
