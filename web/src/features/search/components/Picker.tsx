import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { ComboBox, I18nProvider, Input, ListBox, ListBoxItem, Popover } from "react-aria-components";

import { useText } from "@/i18n/text";
import { useSettled } from "@/lib/delayed";

import { pickableOptions } from "../api/pickable";

interface Given {
  kind: "company" | "contact";
  label: string;
  placeholder: string;
  /** The name of what is chosen. */
  chosen: string | null;
  choose: (id: number | undefined) => void;
}

/** Finds one company or contact by typing; what is chosen becomes a chip that can be taken off. */
export function Picker({ kind, label, placeholder, chosen, choose }: Given) {
  const { t, locale } = useText();
  const [typed, setTyped] = useState("");
  const { data: items = [] } = useQuery(pickableOptions(kind, useSettled(typed.trim(), 150)));
  if (chosen !== null) {
    return (
      <button type="button" className="chip" onClick={() => choose(undefined)}>
        {label}: {chosen}
        <X className="icon small" role="img" aria-label={t("app.remove", { name: chosen })} />
      </button>
    );
  }
  return (
    <I18nProvider locale={locale}>
      <ComboBox
        className="combo"
        aria-label={label}
        items={items}
        inputValue={typed}
        onInputChange={setTyped}
        menuTrigger="focus"
        allowsEmptyCollection
        onSelectionChange={(key) => {
          if (typeof key !== "number") return;
          setTyped("");
          choose(key);
        }}
      >
        <Input placeholder={placeholder} />
        <Popover className="combo-popover">
          <ListBox renderEmptyState={() => <p className="muted pad">{t("palette.empty")}</p>}>
            {({ id, name }: { id: number; name: string }) => (
              <ListBoxItem id={id} className="palette-item">
                {name}
              </ListBoxItem>
            )}
          </ListBox>
        </Popover>
      </ComboBox>
    </I18nProvider>
  );
}
