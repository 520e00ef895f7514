import { useRef } from "react";

import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import type { ConversationFilter } from "@/lib/queries/conversations";
import { MOST_PIXELS, visibleRows } from "@/lib/windowing";

import { useArrivals } from "../hooks/useArrivals";
import { useCursor } from "../hooks/useCursor";
import { useReading } from "../hooks/useReading";
import { useViewport } from "../hooks/useViewport";
import type { Tab } from "../view";
import { ConversationRow, EmptyRow } from "./ConversationRow";
import { EmptyInbox } from "./EmptyInbox";

export const ROW_HEIGHT = 76;
const OVERSCAN = 6;

interface Given {
  filter: ConversationFilter;
  tab: Tab;
  /** The conversation beside the list. */
  open: number | null;
  openOne: (id: number) => void;
}

/** As long a list as there is: only the rows on screen exist, and any place can be jumped to. */
export function ConversationList({ filter, tab, open, openOne }: Given) {
  const { t } = useText();
  const scroller = useRef<HTMLDivElement>(null);
  const place = useViewport(scroller);
  const rough = { ...place, rowHeight: ROW_HEIGHT, overscan: OVERSCAN };
  const totalRef = useRef(0);
  const guess = visibleRows({ ...rough, total: Math.max(totalRef.current, 1) });
  const { shown, rowAt, loaded, error, retry } = useReading(filter, guess.first, guess.last);
  const total = shown?.total ?? 0;
  totalRef.current = total;
  const viewport = { ...rough, total };
  const view = visibleRows(viewport);
  const fresh = useArrivals(scroller, shown, loaded, ROW_HEIGHT);
  const cursor = useCursor({ scroller, viewport, rowAt, loaded, open, openOne });
  const scaled = total * ROW_HEIGHT > MOST_PIXELS;

  const indexes = Array.from({ length: view.last - view.first }, (_, step) => view.first + step);
  // The row that has the focus stays, however far it is scrolled away.
  if (cursor.focused && cursor.index < total && !indexes.includes(cursor.index)) indexes.push(cursor.index);

  return (
    <>
      <p className="visually-hidden" role="status">
        {fresh.size > 0 ? t("app.newMail", { count: fresh.size }) : ""}
      </p>
      <div className="scroller" ref={scroller} data-list>
        {shown === null && !error && <Skeleton lines={9} />}
        {shown === null && error && <Problem error={error} retry={retry} />}
        {shown?.total === 0 && <EmptyInbox tab={tab} />}
        {total > 0 && (
          // Rows are links in a list: a screen reader gets their place and number.
          <div
            role="list"
            aria-label={t("inbox.list")}
            className="rows"
            data-slides={place.scrollTop === 0 && !scaled}
            style={{ blockSize: view.canvas }}
          >
            {indexes.map((index) => {
              const row = rowAt(index);
              const top = view.offset + (index - view.first) * ROW_HEIGHT;
              if (!row) return <EmptyRow key={`empty-${index}`} top={top} />;
              return (
                <ConversationRow
                  key={row.id}
                  row={row}
                  top={top}
                  index={index}
                  total={total}
                  cursor={index === cursor.index}
                  open={row.id === open}
                  fresh={fresh.has(row.id)}
                  choose={cursor.choose}
                />
              );
            })}
          </div>
        )}
      </div>
    </>
  );
}
