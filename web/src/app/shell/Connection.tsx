import { CloudOff } from "lucide-react";
import { useSyncExternalStore } from "react";

import { useText } from "@/i18n/text";

const EVENTS = ["online", "offline"] as const;

function listen(changed: () => void): () => void {
  for (const event of EVENTS) addEventListener(event, changed);
  return () => {
    for (const event of EVENTS) removeEventListener(event, changed);
  };
}

/** Says when what is on screen cannot be kept true, and that nothing is lost by it. */
export function Connection({ live }: { live: boolean }) {
  const { t } = useText();
  const online = useSyncExternalStore(listen, () => navigator.onLine);
  return (
    <div role="status">
      {(!online || !live) && (
        <p className="connection">
          <CloudOff aria-hidden className="icon small" />
          {t(online ? "connection.away" : "connection.offline")}
        </p>
      )}
    </div>
  );
}
