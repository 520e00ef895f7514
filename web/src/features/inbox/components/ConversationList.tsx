import { lazy, Suspense, useCallback, useRef, useState } from "react";

import type { OpenMenu } from "@/components/ActionMenus";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useActions } from "@/components/useActions";
import { withTexts } from "@/i18n/areas";
import { useText } from "@/i18n/text";
import type { Listed } from "@/lib/queries/conversations";
import type { Conversation } from "@/lib/shapes";
import { scaleOf, visibleRows } from "@/lib/windowing";

import { useArrivals } from "../hooks/useArrivals";
import { useCursor } from "../hooks/useCursor";
import { useListKeys } from "../hooks/useListKeys";
import { useReading } from "../hooks/useReading";
import { useSelection } from "../hooks/useSelection";
import { useViewport } from "../hooks/useViewport";
import { BulkBar } from "./BulkBar";
import { ConversationRow, EmptyRow } from "./ConversationRow";

const EmptyInbox = lazy(() =>
  withTexts(() => import("./EmptyInbox"), "emptyInbox").then((file) => ({ default: file.EmptyInbox })),
);
const ErrandNotice = lazy(() => import("./ErrandNotice").then((file) => ({ default: file.ErrandNotice })));

/** One line where there is room, three where there is not. */
const ROW_HEIGHTS = [44, 72] as const;
const OVERSCAN = 6;

interface Given {
  list: Listed;
  /** The conversation beside the list. */
  open: number | null;
  openOne: (id: number) => void;
}

/** As long a list as there is: only the rows on screen exist, and any place can be jumped to. */
export function ConversationList({ list, open, openOne }: Given) {
  const { t } = useText();
  const scroller = useRef<HTMLDivElement>(null);
  const [total, setTotal] = useState(1);
  const { goTo, ...place } = useViewport(scroller, total, ROW_HEIGHTS);
  const viewport = { ...place, overscan: OVERSCAN };
  const view = visibleRows(viewport);
  const { shown, rowAt, loaded, error, retry } = useReading(list, view.first, view.last);
  if (shown && shown.total !== total) setTotal(shown.total);
  const fresh = useArrivals(viewport, goTo, shown, loaded);
  const cursor = useCursor({ scroller, viewport, goTo, rowAt, loaded, open });
  const selection = useSelection(list, total);
  const [errand, setErrand] = useState<number | null>(null);
  const actions = useActions(setErrand);
  const [menu, setMenu] = useState<OpenMenu>(null);
  useListKeys({ cursor, rowAt, selection, actions, openOne, beside: open !== null, openMenu: setMenu });
  const { toggle, reach } = selection;
  const latest = useRef(rowAt);
  latest.current = rowAt;
  const tick = useCallback(
    (row: Conversation, index: number, range: boolean) =>
      range ? reach(index, latest.current) : toggle(row, index),
    [toggle, reach],
  );

  const indexes = Array.from({ length: view.last - view.first }, (_, step) => view.first + step);
  // The row that has the focus stays, however far it is scrolled away.
  if (cursor.focused && cursor.index < total && !indexes.includes(cursor.index)) indexes.push(cursor.index);
  const rows = shown === null ? 0 : total;

  return (
    <>
      <p className="visually-hidden" role="status">
        {fresh.size > 0 ? t("app.newMail", { count: fresh.size }) : ""}
      </p>
      {selection.count > 0 && <BulkBar {...{ selection, total, actions, open: menu, setOpen: setMenu }} />}
      {errand !== null && (
        <Suspense>
          <ErrandNotice id={errand} over={() => setErrand(null)} />
        </Suspense>
      )}
      <div className="scroller" ref={scroller} data-list data-ticking={selection.count > 0}>
        {shown === null && !error && <Skeleton lines={9} />}
        {shown === null && error && <Problem error={error} retry={retry} />}
        {shown?.total === 0 && (
          <Suspense>
            <EmptyInbox view={list.view} narrowed={list.filter !== undefined} />
          </Suspense>
        )}
        {rows > 0 && (
          // Rows are links in a list: a screen reader gets their place and number.
          <div
            role="list"
            aria-label={t("inbox.list")}
            className="rows"
            data-slides={place.top === 0 && scaleOf(place) === 1}
            style={{ blockSize: view.canvas }}
          >
            {indexes.map((index) => {
              const row = rowAt(index);
              const top = view.offset + (index - view.first) * place.rowHeight;
              if (!row) return <EmptyRow key={`empty-${index}`} top={top} height={place.rowHeight} />;
              return (
                <ConversationRow
                  key={row.id}
                  row={row}
                  top={top}
                  height={place.rowHeight}
                  index={index}
                  total={total}
                  cursor={index === cursor.index}
                  open={row.id === open}
                  fresh={fresh.has(row.id)}
                  ticked={selection.has(row.id)}
                  choose={cursor.choose}
                  tick={tick}
                />
              );
            })}
          </div>
        )}
      </div>
    </>
  );
}
