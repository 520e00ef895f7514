import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Who } from "../api/people";

interface Given {
  who: Who;
  className: string;
  children: ReactNode;
}

/** To the page of a contact or a company. */
export function PersonLink({ who: { kind, id }, className, children }: Given) {
  return kind === "contact" ? (
    <Link to="/contacts/$contactId" params={{ contactId: id }} className={className}>
      {children}
    </Link>
  ) : (
    <Link to="/companies/$companyId" params={{ companyId: id }} className={className}>
      {children}
    </Link>
  );
}
