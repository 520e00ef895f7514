import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { I18nProvider } from "react-aria-components";

import { Button } from "@/components/Button";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { columnsOptions } from "@/lib/queries/board";

import { useColumns } from "../api/moves";
import "../board.css";
import { BoardColumn } from "./BoardColumn";
import { ColumnName } from "./ColumnName";

/** Conversations as cards in the workspace's own columns. */
export function BoardScreen() {
  const { t, locale } = useText();
  const { data, error, refetch } = useQuery(columnsOptions);
  const [adding, setAdding] = useState(false);
  const { add } = useColumns();
  if (error) return <Problem error={error} retry={refetch} />;
  return (
    <I18nProvider locale={locale}>
      <div className="board" data-own-keys>
        <header className="board-head">
          <h1>{t("board.title")}</h1>
          <p className="muted label grow cut">{t("board.hint")}</p>
          {adding ? (
            <ColumnName
              name=""
              save={(name) => {
                add.mutate(name);
                setAdding(false);
              }}
              cancel={() => setAdding(false)}
            />
          ) : (
            <Button icon={Plus} onClick={() => setAdding(true)}>
              {t("board.addColumn")}
            </Button>
          )}
        </header>
        {!data && <Skeleton />}
        {data && (
          <div className="board-columns" role="group" aria-label={t("board.columns")}>
            {data.items.map((column, place) => (
              <BoardColumn key={column.id} column={column} place={place} columns={data.items} />
            ))}
          </div>
        )}
      </div>
    </I18nProvider>
  );
}
