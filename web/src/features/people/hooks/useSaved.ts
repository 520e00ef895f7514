import { useNotices } from "@/components/notices";
import { useTakeBack } from "@/components/useActions";
import { useText } from "@/i18n/text";

/** What an editor does when the server has saved: says so, offers the way back, closes. */
export function useSaved(close: () => void) {
  const { t } = useText();
  const { say } = useNotices();
  const takeBack = useTakeBack();
  return ({ undo }: { undo: { id: number } | null }) => {
    say(t("settings.saved"), undo ? () => takeBack(undo.id) : undefined);
    close();
  };
}
