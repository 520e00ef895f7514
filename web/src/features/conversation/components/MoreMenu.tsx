import { EllipsisVertical, Link2, Printer, Scale } from "lucide-react";
import type { Choice } from "@/components/Menu";
import { MenuButton } from "@/components/MenuButton";
import { useNotices } from "@/components/notices";
import { type Actions, targetOf } from "@/components/useActions";
import { useText } from "@/i18n/text";
import { addressOf } from "@/lib/base";
import type { Conversation } from "@/lib/shapes";

/** What is done less often: merge, place on the board, hold, print, copy the address. */
export function MoreMenu({ conversation, actions }: { conversation: Conversation; actions: Actions }) {
  const { t } = useText();
  const { say } = useNotices();
  const target = targetOf(conversation);
  const { id, held } = conversation;
  const copy = async () => {
    await navigator.clipboard.writeText(location.origin + addressOf(`/conversations/${id}`));
    say(t("conversation.addressCopied"));
  };
  const choices: Choice[] = [
    { id: "print", label: t("conversation.print"), icon: Printer, run: () => window.print() },
    { id: "copy", label: t("conversation.copyAddress"), icon: Link2, run: () => void copy() },
    {
      id: "hold",
      label: t(held ? "conversation.release" : "conversation.hold"),
      icon: Scale,
      run: () => actions.hold(target, !held),
    },
  ];
  return <MenuButton icon={EllipsisVertical} label={t("conversation.more")} choices={choices} />;
}
