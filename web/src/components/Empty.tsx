import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface Shown {
  icon: LucideIcon;
  title: string;
  detail?: string;
  children?: ReactNode;
}

/** Nothing to show, said so that a person knows what to do next. */
export function Empty({ icon: Icon, title, detail, children }: Shown) {
  return (
    <div className="state">
      <Icon aria-hidden className="state-icon" />
      <h2>{title}</h2>
      {detail !== undefined && <p>{detail}</p>}
      {children}
    </div>
  );
}
