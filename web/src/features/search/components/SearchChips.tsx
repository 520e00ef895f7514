import { useNavigate } from "@tanstack/react-router";
import { TriangleAlert, X } from "lucide-react";

import { useText } from "@/i18n/text";
import type { SearchAnswer } from "@/lib/shapes";

import type { SearchView } from "../view";

interface Given {
  chips: SearchAnswer["chips"];
  view: SearchView;
  /** Puts the text without the chip into the box. */
  change: (q: string) => void;
}

/** The filters that were typed, as they were understood; one that is not says so. */
export function SearchChips({ chips, view, change }: Given) {
  const { t } = useText();
  const navigate = useNavigate();
  if (chips.length === 0) return null;
  return (
    <ul className="chips" aria-label={t("search.chips")}>
      {chips.map(({ field, value, negated, known, without }, place) => {
        const said = `${negated ? `${t("search.not")} ` : ""}${t(`search.field.${field}`)}: ${value}`;
        return (
          <li key={place}>
            <button
              type="button"
              className={known ? "chip" : "chip unknown"}
              data-chip={field}
              title={known ? undefined : t("search.chip.unknown", { value })}
              onClick={() => {
                change(without);
                void navigate({ to: "/search", search: { ...view, q: without || undefined } });
              }}
            >
              {!known && (
                <TriangleAlert
                  className="icon small"
                  role="img"
                  aria-label={t("search.chip.unknown", { value })}
                />
              )}
              {said}
              <X className="icon small" role="img" aria-label={t("app.remove", { name: said })} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
