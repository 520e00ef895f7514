import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Search, SearchX, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { Empty } from "@/components/Empty";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { useSettled } from "@/lib/delayed";

import { searchOptions } from "../api/search";
import { SearchFilters } from "./SearchFilters";
import { SearchResults } from "./SearchResults";

import "../search.css";

/** One box over everything; the address holds the question, so it can be shared and gone back to. */
export function SearchScreen() {
  const { t } = useText();
  const view = useSearch({ from: "/search" });
  const navigate = useNavigate();
  const box = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useQuestion(view.q ?? "");
  const { q = "", ...filters } = view;
  const { data, error, refetch, isFetching } = useQuery({
    ...searchOptions({ q, ...filters, limit: 40 }),
    enabled: q !== "",
    placeholderData: keepPreviousData,
  });
  useEffect(() => box.current?.focus(), []);
  return (
    <div className="screen">
      <h1 className="visually-hidden">{t("search.title")}</h1>
      <form
        className="search-box"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>("[data-hit]")?.focus();
        }}
      >
        <Search aria-hidden className="icon muted" />
        <input
          ref={box}
          type="search"
          aria-label={t("search.box")}
          placeholder={t("search.placeholder")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        {typed !== "" && (
          <button
            type="button"
            className="icon-button"
            aria-label={t("search.clear")}
            onClick={() => {
              setTyped("");
              box.current?.focus();
            }}
          >
            <X aria-hidden className="icon" />
          </button>
        )}
      </form>
      <SearchFilters view={view} />
      {error && <Problem error={error} retry={refetch} />}
      {q === "" && <Empty icon={Search} title={t("search.start")} detail={t("search.start.detail")} />}
      {q !== "" && !data && !error && <Skeleton lines={6} />}
      {q !== "" && data && !error && <SearchResults answer={data} old={isFetching} />}
      {q !== "" && data?.items.length === 0 && data.contacts.length + data.companies.length === 0 && (
        <Empty icon={SearchX} title={t("search.none", { q })} detail={t("search.none.detail")}>
          {Object.keys(filters).length > 0 && (
            <button
              type="button"
              className="button"
              onClick={() => void navigate({ to: "/search", search: { q } })}
            >
              {t("search.clearFilters")}
            </button>
          )}
        </Empty>
      )}
    </div>
  );
}

/** What is typed, and the address following it a moment later; going back changes what is typed. */
function useQuestion(q: string): [string, (typed: string) => void] {
  const navigate = useNavigate();
  const [typed, setTyped] = useState(q);
  const settled = useSettled(typed, 140);
  const asked = useRef(q);
  useEffect(() => {
    if (q === asked.current) return;
    asked.current = q;
    setTyped(q);
  }, [q]);
  useEffect(() => {
    const question = settled.trim();
    if (question === asked.current) return;
    const first = asked.current === "";
    asked.current = question;
    void navigate({
      to: "/search",
      search: (now) => ({ ...now, q: question === "" ? undefined : question }),
      replace: !first,
    });
  }, [settled, navigate]);
  return [typed, setTyped];
}
