import type { LucideIcon } from "lucide-react";
import type { ComponentPropsWithRef } from "react";

import { ariaKeys, keyLabels, onApple } from "@/lib/shortcuts";

interface Look {
  /** One `primary` on a screen; `danger` takes something away; `quiet` has no frame. */
  kind?: "plain" | "primary" | "danger" | "quiet";
  icon?: LucideIcon;
  /** The shortcut that does the same. */
  keys?: string;
}

type Given = Look & ComponentPropsWithRef<"button">;

/** A button with words. */
export function Button({ kind = "plain", icon: Icon, keys, className = "", children, ...rest }: Given) {
  return (
    <button
      type="button"
      className={`button ${kind} ${className}`}
      {...(keys !== undefined && { "aria-keyshortcuts": ariaKeys(keys), "data-tip-keys": tipKeys(keys) })}
      {...rest}
    >
      {Icon && <Icon aria-hidden className="icon" />}
      {children}
    </button>
  );
}

interface IconGiven extends Omit<ComponentPropsWithRef<"button">, "children"> {
  icon: LucideIcon;
  /** Its name: read aloud, and shown as a tip beside its key. */
  label: string;
  keys?: string;
  pressed?: boolean;
}

/** A button that is only a picture; its name shows on hover and focus. */
export function IconButton({ icon: Icon, label, keys, pressed, className = "", ...rest }: IconGiven) {
  return (
    <button
      type="button"
      className={`icon-button ${className}`}
      aria-label={label}
      aria-pressed={pressed}
      data-tip={label}
      {...(keys !== undefined && { "aria-keyshortcuts": ariaKeys(keys), "data-tip-keys": tipKeys(keys) })}
      {...rest}
    >
      <Icon aria-hidden className="icon" />
    </button>
  );
}

const tipKeys = (keys: string) => keyLabels(keys, onApple).join(" ");
