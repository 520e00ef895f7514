import { RotateCcw } from "lucide-react";

import { Age } from "@/components/Age";
import { useTakeBack } from "@/components/useActions";
import { useText } from "@/i18n/text";
import type { Activity } from "@/lib/shapes";

import { says } from "../says";

/** What somebody did, in one quiet line; what can still be taken back says so. */
export function ActivityLine({ activity }: { activity: Activity }) {
  const text = useText();
  const takeBack = useTakeBack();
  const { undo, at } = activity;
  return (
    <li className="activity muted">
      <span>{says(activity, text)}</span>
      <Age at={at} />
      {undo && (
        <button type="button" className="link" onClick={() => void takeBack(undo.id)}>
          <RotateCcw aria-hidden className="icon small" />
          {text.t("app.undo")}
        </button>
      )}
    </li>
  );
}
