import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Paperclip } from "lucide-react";
import { lazy, Suspense } from "react";

import { useText } from "@/i18n/text";
import { companyOptions, contactOptions } from "@/lib/queries/people";
import { sourcesOptions } from "@/lib/queries/sources";
import type { Channel } from "@/lib/shapes";

import type { SearchView } from "../view";

const Picker = lazy(() => import("./Picker").then((file) => ({ default: file.Picker })));

const CHANNELS = ["email", "chat", "form"] as const;
const STATES = ["open", "closed"] as const;
const MODES = ["words", "meaning"] as const;

/** Narrowing the search; each choice stands in the address. */
export function SearchFilters({ view }: { view: SearchView }) {
  const { t } = useText();
  const navigate = useNavigate();
  const { data: sources } = useQuery(sourcesOptions);
  const change = (what: SearchView) => void navigate({ to: "/search", search: { ...view, ...what } });
  return (
    <div className="search-filters" role="group" aria-label={t("search.filters")}>
      <select
        aria-label={t("search.mode")}
        value={view.mode ?? ""}
        onChange={({ target }) => change({ mode: MODES.find((mode) => mode === target.value) })}
      >
        <option value="">{t("search.mode.hybrid")}</option>
        {MODES.map((mode) => (
          <option key={mode} value={mode}>
            {t(`search.mode.${mode}`)}
          </option>
        ))}
      </select>
      <select
        aria-label={t("search.channel")}
        value={view.channel ?? ""}
        onChange={({ target }) =>
          change({ channel: CHANNELS.find((one): one is Channel => one === target.value) })
        }
      >
        <option value="">
          {t("search.channel")}: {t("app.all")}
        </option>
        {CHANNELS.map((channel) => (
          <option key={channel} value={channel}>
            {t(`channel.${channel}`)}
          </option>
        ))}
      </select>
      <select
        aria-label={t("search.source")}
        value={view.source ?? ""}
        onChange={({ target }) => change({ source: target.value === "" ? undefined : Number(target.value) })}
      >
        <option value="">{t("inbox.source.all")}</option>
        {sources?.items.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={t("search.status")}
        value={view.status ?? ""}
        onChange={({ target }) => change({ status: STATES.find((one) => one === target.value) })}
      >
        <option value="">
          {t("search.status")}: {t("app.all")}
        </option>
        {STATES.map((status) => (
          <option key={status} value={status}>
            {t(`search.status.${status}`)}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="chip"
        aria-pressed={view.files === "yes"}
        onClick={() => change({ files: view.files === "yes" ? undefined : "yes" })}
      >
        <Paperclip aria-hidden className="icon small" />
        {t("search.files")}
      </button>
      <Day label={t("search.since")} value={view.since} change={(since) => change({ since })} />
      <Day label={t("search.until")} value={view.until} change={(until) => change({ until })} />
      <Suspense>
        <Company id={view.company} change={(company) => change({ company })} />
        <Contact id={view.contact} change={(contact) => change({ contact })} />
      </Suspense>
    </div>
  );
}

interface DayGiven {
  label: string;
  value: string | undefined;
  change: (day: string | undefined) => void;
}

function Day({ label, value, change }: DayGiven) {
  return (
    <label>
      {label}
      <input type="date" value={value ?? ""} onChange={({ target }) => change(target.value || undefined)} />
    </label>
  );
}

interface PickGiven {
  id: number | undefined;
  change: (id: number | undefined) => void;
}

function Company({ id, change }: PickGiven) {
  const { t } = useText();
  const { data } = useQuery({ ...companyOptions(id ?? 0), enabled: id !== undefined });
  return (
    <Picker
      kind="company"
      label={t("search.company")}
      placeholder={t("search.choose.company")}
      chosen={id === undefined ? null : (data?.name ?? "…")}
      choose={change}
    />
  );
}

function Contact({ id, change }: PickGiven) {
  const { t } = useText();
  const { data } = useQuery({ ...contactOptions(id ?? 0), enabled: id !== undefined });
  return (
    <Picker
      kind="contact"
      label={t("search.contact")}
      placeholder={t("search.choose.contact")}
      chosen={id === undefined ? null : (data?.name ?? "…")}
      choose={change}
    />
  );
}
