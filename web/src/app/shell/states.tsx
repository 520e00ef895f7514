import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { MailQuestion } from "lucide-react";

import { Empty } from "@/components/Empty";
import { Problem } from "@/components/Problem";
import { useText } from "@/i18n/text";

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

export function RouteProblem({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
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
