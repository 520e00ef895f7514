import { useNavigate } from "@tanstack/react-router";
import { Ellipsis, Scissors, Split } from "lucide-react";

import { MenuButton } from "@/components/MenuButton";
import { useNotices } from "@/components/notices";
import { useTakeBack } from "@/components/useActions";
import { useRefused } from "@/components/useRefused";
import { useText } from "@/i18n/text";
import { useSplit } from "@/lib/queries/regroup";
import type { Message } from "@/lib/shapes";

/** Gives one message, or all from it on, a conversation of their own. */
export function SplitMenu({ message, later }: { message: Message; later: readonly string[] }) {
  const { t } = useText();
  const navigate = useNavigate();
  const { say } = useNotices();
  const refused = useRefused();
  const takeBack = useTakeBack();
  const split = useSplit(message.conversation_id);
  const run = (ids: readonly string[]) =>
    // The message may have left the screen before the answer comes: a callback of `mutate` would then be lost.
    split.mutateAsync([...ids]).then(({ id, undo }) => {
      void navigate({ to: "/conversations/$conversationId", params: { conversationId: id } });
      say(t("split.done"), undo ? () => takeBack(undo.id) : undefined);
    }, refused);
  const choices = [
    { id: "one", label: t("split.one"), icon: Scissors, run: () => run([message.id]) },
    ...(later.length > 1
      ? [
          {
            id: "later",
            label: t("split.later", { count: later.length }),
            icon: Split,
            run: () => run(later),
          },
        ]
      : []),
  ];
  return <MenuButton icon={Ellipsis} label={t("split.menu")} choices={choices} />;
}
