import { useInfiniteQuery } from "@tanstack/react-query";
import { Archive } from "lucide-react";

import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";

import { importsOptions } from "../api/imports";
import { useOutbox } from "../upload/outbox";
import { ImportCard } from "./ImportCard";

/** Every import, newest first: those that go on, and what came of the others. */
export function ImportList({ keeps }: { keeps: boolean }) {
  const { t } = useText();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery(importsOptions);
  const sending = useOutbox();
  const every = data?.pages.flatMap(({ items }) => items);
  if (error) return <Problem error={error} retry={refetch} />;
  if (!every) return <Skeleton />;
  if (every.length === 0)
    return <Empty icon={Archive} title={t("imports.empty")} detail={t("imports.empty.detail")} />;
  return (
    <section aria-labelledby="imports-list">
      <h2 id="imports-list" className="imports-title">
        {t("imports.list")}
      </h2>
      <ul className="stack">
        {every.map((one) => (
          <li key={one.id}>
            <ImportCard one={one} sending={sending.get(one.id)} keeps={keeps} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button className="imports-more" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("app.more.show")}
        </Button>
      )}
    </section>
  );
}
