import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { MailQuestion } from "lucide-react";
import { useEffect, useState } from "react";

import { Empty } from "@/components/Empty";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { isMissing, renew } from "@/lib/renewal";

export function NotFound() {
  const { t } = useText();
  return (
    <Empty heading="h1" icon={MailQuestion} title={t("error.notFound")} detail={t("error.notFound.detail")}>
      <Link to="/inbox" className="button primary">
        {t("error.goInbox")}
      </Link>
    </Empty>
  );
}

/** What went wrong with a screen. One whose code is gone since a deployment loads the page anew instead. */
export function RouteProblem({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const [stuck, setStuck] = useState(!isMissing(error));
  useEffect(() => {
    if (!stuck) void renew().then((renewing) => setStuck(!renewing));
  }, [stuck]);
  if (!stuck) return <Skeleton lines={7} />;
  return (
    <Problem
      error={error}
      retry={() => {
        reset();
        return router.invalidate();
      }}
    />
  );
}
