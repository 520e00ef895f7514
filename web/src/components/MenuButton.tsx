import { ChevronDown, type LucideIcon } from "lucide-react";
import { useCallback, useRef, useState } from "react";

import { Button, IconButton } from "./Button";
import { later } from "./later";
import type { MenuGiven } from "./Menu";

export const Menu = later(() => import("./Menu").then((file) => file.Menu));

interface Given extends Omit<MenuGiven, "anchor" | "close"> {
  icon?: LucideIcon;
  /** Words on the button; without them it is a picture named `label`. */
  text?: string;
  keys?: string;
  kind?: "plain" | "quiet";
  /** Opened from outside, by a key for example. */
  open?: boolean;
  change?: (open: boolean) => void;
}

/** A button that opens a menu; the menu's code comes when a person turns to the button. */
export function MenuButton({ icon, text, keys, kind = "plain", open, change, ...menu }: Given) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [own, setOwn] = useState(false);
  const shown = open ?? own;
  const set = useCallback((next: boolean) => (change ?? setOwn)(next), [change]);
  const common = {
    ref: anchor,
    "aria-haspopup": "menu",
    "aria-expanded": shown,
    onPointerEnter: () => void Menu.fetch(),
    onFocus: () => void Menu.fetch(),
    onClick: () => set(!shown),
    ...(keys !== undefined && { keys }),
  } as const;
  return (
    <>
      {text === undefined && icon ? (
        <IconButton {...common} icon={icon} label={menu.label} />
      ) : (
        <Button {...common} kind={kind} {...(icon && { icon })}>
          {text}
          <ChevronDown aria-hidden className="icon small muted" />
        </Button>
      )}
      {shown && <Menu {...menu} anchor={anchor} close={() => set(false)} />}
    </>
  );
}
