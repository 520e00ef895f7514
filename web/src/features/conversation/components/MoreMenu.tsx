import { useQuery } from "@tanstack/react-query";
import { Columns3, EllipsisVertical, Link2, Merge, Printer, Scale } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import type { Choice } from "@/components/Menu";
import { MenuButton } from "@/components/MenuButton";
import { useNotices } from "@/components/notices";
import { type Actions, targetOf } from "@/components/useActions";
import { useText } from "@/i18n/text";
import { addressOf } from "@/lib/base";
import { columnsOptions } from "@/lib/queries/board";
import type { Conversation } from "@/lib/shapes";

const MergeDialog = lazy(() => import("./MergeDialog").then((file) => ({ default: file.MergeDialog })));

/** What is done less often: merge, place on the board, hold, print, copy the address. */
export function MoreMenu({ conversation, actions }: { conversation: Conversation; actions: Actions }) {
  const { t } = useText();
  const { say } = useNotices();
  const [merging, setMerging] = useState(false);
  const [open, setOpen] = useState(false);
  const { data: columns } = useQuery({ ...columnsOptions, enabled: open });
  const target = targetOf(conversation);
  const { id, held, board_column: now } = conversation;
  const copy = async () => {
    await navigator.clipboard.writeText(location.origin + addressOf(`/conversations/${id}`));
    say(t("conversation.addressCopied"));
  };
  const choices: Choice[] = [
    { id: "merge", label: t("merge.title"), icon: Merge, run: () => setMerging(true) },
    { id: "print", label: t("conversation.print"), icon: Printer, run: () => window.print() },
    { id: "copy", label: t("conversation.copyAddress"), icon: Link2, run: () => void copy() },
    {
      id: "hold",
      label: t(held ? "conversation.release" : "conversation.hold"),
      icon: Scale,
      run: () => actions.hold(target, !held),
    },
    ...(columns?.items ?? []).map((column) => ({
      id: `column-${column.id}`,
      label: t("conversation.toColumn", { name: column.name }),
      icon: Columns3,
      chosen: now?.id === column.id,
      run: () => actions.place(target, column),
    })),
  ];
  return (
    <>
      <MenuButton
        icon={EllipsisVertical}
        label={t("conversation.more")}
        choices={choices}
        open={open}
        change={setOpen}
      />
      {merging && (
        <Suspense>
          <MergeDialog conversation={conversation} close={() => setMerging(false)} />
        </Suspense>
      )}
    </>
  );
}
