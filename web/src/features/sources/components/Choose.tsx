import { useQuery } from "@tanstack/react-query";
import { Mail } from "lucide-react";
import { useState } from "react";

import { TextField } from "@/components/Field";
import { useText } from "@/i18n/text";

import { providersOptions } from "../api/providers";
import { iconOf, useChoice } from "../providers";

/** Everything that can send, narrowed by what is typed. */
export function Choose({ choose }: { choose: (provider: string) => void }) {
  const { t, locale } = useText();
  const { data = [] } = useQuery(providersOptions);
  const choice = useChoice();
  const [typed, setTyped] = useState("");
  const words = typed.trim().toLocaleLowerCase(locale);
  const offered = ["smtp", ...data.map(({ name }) => name)]
    .map((name) => ({ name, ...choice(name) }))
    .filter(({ name, label, detail }) =>
      `${name} ${label} ${detail}`.toLocaleLowerCase(locale).includes(words),
    );
  return (
    <div className="stack">
      <TextField
        label={t("sources.wizard.pick")}
        placeholder={t("sources.wizard.search")}
        type="search"
        autoFocus
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !offered[0]) return;
          // The next step's form must not be sent by the same key.
          event.preventDefault();
          choose(offered[0].name);
        }}
      />
      <ul className="choices" aria-label={t("sources.wizard.pick")}>
        {offered.map(({ name, label, detail }) => {
          const Icon = name === "smtp" ? Mail : iconOf(name);
          return (
            <li key={name}>
              <button type="button" className="choice" onClick={() => choose(name)}>
                <Icon aria-hidden className="icon" />
                <strong>{label}</strong>
                <span className="muted">{detail}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {offered.length === 0 && <p className="muted">{t("sources.wizard.nothing")}</p>}
    </div>
  );
}
