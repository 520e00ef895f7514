import { Link } from "@tanstack/react-router";
import { Building2, UserRound } from "lucide-react";
import type { ReactNode } from "react";

import { Age } from "@/components/Age";
import { useText } from "@/i18n/text";
import type { SearchAnswer } from "@/lib/shapes";

import { Found } from "./Found";

/** What is remembered takes no time worth telling. */
const RESULTS = {
  new: "search.results",
  kept: "search.results.kept",
  updated: "search.results.updated",
} as const;

interface Given {
  answer: SearchAnswer;
  old: boolean;
  explained: boolean;
  explain: (why: boolean) => void;
  /** Keeps the search as a view of the inbox, where it can be one. */
  save: (() => void) | null;
  /** The explanation, where it is asked for. */
  children?: ReactNode;
}

/** What was found: people and companies first in one line, then messages, best first. */
export function SearchResults({ answer, old, explained, explain, save, children }: Given) {
  const { t, number } = useText();
  const { items, contacts, companies, milliseconds, mode, cache, not_yet_indexed: waiting } = answer;
  return (
    <div aria-busy={old}>
      <div className="result-line">
        <span role="status" data-cache={cache}>
          {t(RESULTS[cache], { count: items.length, milliseconds: number(milliseconds) })}
        </span>
        <button
          type="button"
          className="plain-link"
          aria-expanded={explained}
          onClick={() => explain(!explained)}
        >
          {t("search.explain")}
        </button>
        {save && (
          <button type="button" className="plain-link" onClick={save}>
            {t("search.save")}
          </button>
        )}
        {waiting > 0 && <span className="badge warn">{t("search.notIndexed", { count: waiting })}</span>}
        {mode === "words" && answer.plan.endsWith("the model failed") && (
          <span className="badge warn">{t("search.wordsOnly")}</span>
        )}
      </div>
      {children}
      {contacts.length + companies.length > 0 && (
        <ul className="entities" aria-label={t("search.people")}>
          {companies.map(({ id, name }) => (
            <li key={`company-${id}`}>
              <Link to="/companies/$companyId" params={{ companyId: id }} className="entity">
                <Building2 aria-hidden className="icon small muted" />
                {name}
              </Link>
            </li>
          ))}
          {contacts.map(({ id, name, address }) => (
            <li key={`contact-${id}`}>
              <Link to="/contacts/$contactId" params={{ contactId: id }} className="entity">
                <UserRound aria-hidden className="icon small muted" />
                <span className="cut">{name || address}</span>
                {name !== "" && <span className="muted cut">{address}</span>}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <ol className="hits" aria-label={t("search.messages")}>
        {items.map((hit) => (
          <li key={hit.message_id}>
            <Found hit={hit} />
            {hit.alike.length > 0 && (
              <details className="alike">
                <summary>{t("search.alike", { count: hit.alike.length })}</summary>
                <ul>
                  {hit.alike.map(({ message_id, conversation_id, sender, sent_at }) => (
                    <li key={message_id}>
                      <Link
                        to="/conversations/$conversationId"
                        params={{ conversationId: conversation_id }}
                        hash={`m=${message_id}`}
                      >
                        {sender}
                      </Link>{" "}
                      <Age at={sent_at} />
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
