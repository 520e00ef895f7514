import { useQuery } from "@tanstack/react-query";

import { useText } from "@/i18n/text";
import { sessionOptions } from "@/lib/queries/session";

import { ImportList } from "./ImportList";
import { NewImport } from "./NewImport";

import "../imports.css";

/** Old mail: files to be sent in, and how every import goes. */
export function ImportScreen() {
  const { t } = useText();
  const { data: session } = useQuery(sessionOptions);
  const keeps = session?.rights.includes("sources") ?? false;
  return (
    <div className="screen">
      <header className="screen-head">
        <div className="grow">
          <h1>{t("imports.title")}</h1>
          <p className="muted">{t("imports.lead")}</p>
        </div>
      </header>
      <div className="stack imports">
        {keeps && <NewImport />}
        <ImportList keeps={keeps} />
      </div>
    </div>
  );
}
