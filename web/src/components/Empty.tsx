import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface Shown {
  icon: LucideIcon;
  title: string;
  detail?: string;
  /** On a page of its own it is the page's heading. */
  heading?: "h1" | "h2";
  children?: ReactNode;
}

/** Nothing to show, said so that a person knows what to do next. */
export function Empty({ icon: Icon, title, detail, heading: Heading = "h2", children }: Shown) {
  return (
    <div className="state">
      <Icon aria-hidden className="state-icon" />
      <Heading>{title}</Heading>
      {detail !== undefined && <p>{detail}</p>}
      {children}
    </div>
  );
}
