import { Check, type LucideIcon, Search } from "lucide-react";
import { type RefObject, useState } from "react";
import {
  Autocomplete,
  I18nProvider,
  Input,
  Menu as AriaMenu,
  MenuItem,
  Popover,
  TextField,
  useFilter,
} from "react-aria-components";

import { useText } from "@/i18n/text";

import { Keys } from "./Keys";
import { useTypedAhead } from "./later";

export interface Choice {
  id: string;
  label: string;
  icon?: LucideIcon;
  /** A colour dot in place of a picture. */
  colour?: string;
  detail?: string;
  keys?: string;
  chosen?: boolean;
  danger?: boolean;
  run: () => void;
}

export interface MenuGiven {
  anchor: RefObject<Element | null>;
  label: string;
  choices: readonly Choice[];
  close: () => void;
  /** A box to narrow many choices; its placeholder. */
  filter?: string;
  /** Offered when nothing has what was typed. */
  add?: (typed: string) => Choice;
  /** Choices may be switched one after the other. */
  stays?: boolean;
}

/** A menu at the thing that opened it. Loaded when first needed; open it through `MenuButton`. */
export function Menu({ anchor, label, choices, close, filter, add, stays = false }: MenuGiven) {
  const { locale } = useText();
  const list = (shown: readonly Choice[]) => (
    <AriaMenu
      className="menu"
      aria-label={label}
      items={shown}
      autoFocus={filter === undefined ? "first" : false}
      shouldCloseOnSelect={!stays}
      onAction={(id) => {
        if (!stays) close();
        shown.find((choice) => choice.id === id)?.run();
      }}
      renderEmptyState={() => <NothingHere />}
    >
      {(choice) => <Item choice={choice} />}
    </AriaMenu>
  );
  return (
    <I18nProvider locale={locale}>
      <Popover
        className="popover"
        aria-label={label}
        triggerRef={anchor}
        isOpen
        onOpenChange={(open) => !open && close()}
        placement="bottom end"
      >
        {filter === undefined ? list(choices) : <Narrowed {...{ choices, filter, add, list }} />}
      </Popover>
    </I18nProvider>
  );
}

interface NarrowedGiven extends Pick<MenuGiven, "choices" | "filter" | "add"> {
  list: (shown: readonly Choice[]) => React.ReactNode;
}

function Narrowed({ choices, filter, add, list }: NarrowedGiven) {
  const { contains } = useFilter({ sensitivity: "base" });
  const [typed, setTyped] = useState(useTypedAhead());
  const words = typed.trim();
  const found = choices.filter(({ label, detail }) => contains(`${label} ${detail ?? ""}`, words));
  const known = choices.some(({ label }) => label.toLocaleLowerCase() === words.toLocaleLowerCase());
  const shown = add && words !== "" && !known ? [...found, add(words)] : found;
  return (
    <Autocomplete inputValue={typed} onInputChange={setTyped}>
      <TextField aria-label={filter ?? ""} autoFocus className="menu-filter">
        <Search aria-hidden className="icon small muted" />
        <Input placeholder={filter ?? ""} />
      </TextField>
      {list(shown)}
    </Autocomplete>
  );
}

function Item({ choice }: { choice: Choice }) {
  const { id, label, icon: Icon, colour, detail, keys, chosen, danger } = choice;
  const { t } = useText();
  return (
    <MenuItem id={id} textValue={label} className={danger ? "menu-item danger" : "menu-item"}>
      {Icon && <Icon aria-hidden className="icon small muted" />}
      {colour !== undefined && <span className="tag-dot" data-colour={colour} />}
      <span className="grow cut">{label}</span>
      {detail !== undefined && <span className="muted label cut">{detail}</span>}
      {keys !== undefined && <Keys keys={keys} />}
      {chosen === true && <Check className="icon small" role="img" aria-label={t("app.chosen")} />}
    </MenuItem>
  );
}

function NothingHere() {
  const { t } = useText();
  return <p className="muted pad label">{t("palette.empty")}</p>;
}
