import { useState } from "react";

import { Dialog } from "@/components/Dialog";
import { Tabs } from "@/components/Tabs";
import { useText } from "@/i18n/text";
import type { Source } from "@/lib/shapes";

import { ActivityPanel } from "./ActivityPanel";
import { LimitPanel } from "./LimitPanel";
import { PolicyPanel } from "./PolicyPanel";
import { QuarantinePanel } from "./QuarantinePanel";

const TABS = ["activity", "quarantine", "policy", "limit"] as const;
export type DetailsTab = (typeof TABS)[number];

interface Given {
  source: Source;
  first: DetailsTab;
  close: () => void;
}

/** One source looked at closely: what came, what waits for a decision, what becomes of the unproved, how many may come. */
export function Details({ source, first, close }: Given) {
  const { t } = useText();
  const [chosen, choose] = useState<DetailsTab>(first);
  const tabs = (source.kind === "webhook" ? TABS : (["activity"] as const)).map((name) => ({
    name,
    label: t(`sources.details.${name}`),
  }));
  return (
    <Dialog title={source.name} close={close} wide>
      <Tabs label={source.name} tabs={tabs} chosen={chosen} choose={choose}>
        {chosen === "activity" && <ActivityPanel source={source} />}
        {chosen === "quarantine" && <QuarantinePanel source={source} />}
        {chosen === "policy" && <PolicyPanel source={source} />}
        {chosen === "limit" && <LimitPanel source={source} />}
      </Tabs>
    </Dialog>
  );
}
