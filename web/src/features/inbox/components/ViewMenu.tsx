import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ListFilter, Pencil, Plus, SlidersHorizontal, Trash2, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import type { Choice } from "@/components/Menu";
import { MenuButton } from "@/components/MenuButton";
import { useNotices } from "@/components/notices";
import { useTakeBack } from "@/components/useActions";
import { useRefused } from "@/components/useRefused";
import { withTexts } from "@/i18n/areas";
import { useText } from "@/i18n/text";
import { useDropView, viewsOptions } from "@/lib/queries/views";

import { builtIn, listOf } from "../view";

const ViewBuilder = lazy(() =>
  withTexts(() => import("./ViewBuilder"), "views").then((file) => ({ default: file.ViewBuilder })),
);

/** Narrow this list, or save, change and drop views. */
export function ViewMenu() {
  const { t } = useText();
  const address = useSearch({ from: "/inbox" });
  const navigate = useNavigate();
  const [building, setBuilding] = useState<"filter" | "new" | "edit" | null>(null);
  const { data: views } = useQuery(viewsOptions);
  const { say } = useNotices();
  const refused = useRefused();
  const takeBack = useTakeBack();
  const { mutate: drop } = useDropView();
  const view = address.view ?? "inbox";
  const saved = builtIn(view) === undefined ? views?.items.find(({ id }) => String(id) === view) : undefined;
  const { filter } = listOf(address);
  const dropIt = (id: number, name: string) =>
    drop(id, {
      onSuccess: ({ undo }) => {
        void navigate({ to: "/inbox" });
        say(t("view.dropped", { name }), () => takeBack(undo.id));
      },
      onError: refused,
    });
  const choices: Choice[] = [
    { id: "filter", label: t("view.filter"), icon: ListFilter, run: () => setBuilding("filter") },
    ...(filter
      ? [
          {
            id: "clear",
            label: t("view.clear"),
            icon: X,
            run: () => void navigate({ to: "/inbox", search: address.view === undefined ? {} : { view } }),
          },
        ]
      : []),
    { id: "new", label: t("view.new"), icon: Plus, run: () => setBuilding("new") },
    ...(saved?.editable
      ? [
          { id: "edit", label: t("view.edit"), icon: Pencil, run: () => setBuilding("edit") },
          {
            id: "drop",
            label: t("view.drop"),
            icon: Trash2,
            danger: true,
            run: () => dropIt(saved.id, saved.name),
          },
        ]
      : []),
  ];
  return (
    <>
      <MenuButton icon={SlidersHorizontal} label={t("view.menu")} choices={choices} />
      {building && (
        <Suspense>
          <ViewBuilder
            kind={building}
            saved={building === "edit" ? saved : undefined}
            start={building === "edit" ? saved?.filter : filter}
            apply={(next) =>
              void navigate({
                to: "/inbox",
                search: { ...(address.view !== undefined && { view }), ...(next && { filter: next }) },
              })
            }
            show={(id) => void navigate({ to: "/inbox", search: { view: String(id) } })}
            close={() => setBuilding(null)}
          />
        </Suspense>
      )}
    </>
  );
}
