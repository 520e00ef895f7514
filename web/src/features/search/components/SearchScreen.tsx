import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Search, SearchX, X } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";

import { Empty } from "@/components/Empty";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";

import { searchOptions } from "../api/search";
import { useQuestion } from "../hooks/useQuestion";
import { useHitKeys } from "../hooks/useHitKeys";
import { asFilter } from "../asFilter";
import { isNarrowed, questionOf } from "../view";
import { SearchChips } from "./SearchChips";
import { SearchFilters } from "./SearchFilters";
import { SearchResults } from "./SearchResults";
import { SearchTips } from "./SearchTips";
import "../search.css";

const Explanation = lazy(() => import("./Explanation").then((file) => ({ default: file.Explanation })));
const SaveView = lazy(() => import("./SaveView").then((file) => ({ default: file.SaveView })));

/** One box over everything; the address holds the question, so it can be shared and gone back to. */
export function SearchScreen() {
  const { t } = useText();
  const view = useSearch({ from: "/search" });
  const navigate = useNavigate();
  const box = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useQuestion(view.q ?? "");
  const { q = "" } = view;
  const question = { ...questionOf(view), limit: 30 };
  const { data, error, refetch, isFetching } = useQuery({
    ...searchOptions(question),
    enabled: q !== "",
    placeholderData: keepPreviousData,
  });
  useHitKeys(box);
  useEffect(() => box.current?.focus(), []);
  const tryOut = (text: string) => {
    setTyped(text);
    box.current?.focus();
  };
  const [saving, setSaving] = useState(false);
  const filter = data && q !== "" ? asFilter(view, data) : null;
  const nothing = data && data.items.length + data.contacts.length + data.companies.length === 0;
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
          maxLength={400}
          onChange={(event) => setTyped(event.target.value)}
        />
        {typed !== "" && (
          <button
            type="button"
            className="icon-button"
            aria-label={t("search.clear")}
            onClick={() => tryOut("")}
          >
            <X aria-hidden className="icon" />
          </button>
        )}
      </form>
      <SearchFilters view={view} />
      {q !== "" && data && <SearchChips chips={data.chips} view={view} change={setTyped} />}
      {error && <Problem error={error} retry={refetch} />}
      {q === "" && (
        <Empty icon={Search} title={t("search.start")} detail={t("search.start.detail")}>
          <SearchTips try={tryOut} />
        </Empty>
      )}
      {q !== "" && !data && !error && <Skeleton lines={6} />}
      {q !== "" && data && !error && (
        <SearchResults
          answer={data}
          old={isFetching}
          save={filter === null ? null : () => setSaving(true)}
          explained={view.why === "yes"}
          explain={(why) =>
            void navigate({ to: "/search", search: { ...view, why: why ? "yes" : undefined }, replace: true })
          }
        >
          {view.why === "yes" && (
            <Suspense fallback={<Skeleton lines={5} />}>
              <Explanation question={question} />
            </Suspense>
          )}
        </SearchResults>
      )}
      {saving && filter !== null && (
        <Suspense>
          <SaveView filter={filter} name={q} close={() => setSaving(false)} />
        </Suspense>
      )}
      {q !== "" && nothing && (
        <Empty icon={SearchX} title={t("search.none", { q })} detail={t("search.none.detail")}>
          {isNarrowed(view) && (
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
