import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";

import { useText } from "@/i18n/text";
import { sessionOptions } from "@/lib/queries/session";

import "../settings.css";
import { SECTIONS, type Section } from "../view";
import { AuditSection } from "./AuditSection";
import { KeysSection } from "./KeysSection";
import { MembersSection } from "./MembersSection";
import { MeSection } from "./MeSection";
import { RetentionSection } from "./RetentionSection";
import { TagsSection } from "./TagsSection";
import { WorkspaceSection } from "./WorkspaceSection";

const SHOWN: Record<Section, () => React.ReactNode> = {
  me: MeSection,
  workspace: WorkspaceSection,
  members: MembersSection,
  tags: TagsSection,
  retention: RetentionSection,
  keys: KeysSection,
  audit: AuditSection,
};
/** What needs the right to manage. */
const MANAGED: readonly Section[] = ["workspace", "members", "retention", "keys", "audit"];

/** Oneself, and for those who manage: the workspace, its people, keys and what was done. */
export function SettingsScreen() {
  const { t } = useText();
  const { section = "me" } = useSearch({ from: "/settings" });
  const { data: session } = useQuery(sessionOptions);
  const manages = session?.rights.includes("manage") ?? false;
  const sections = SECTIONS.filter((name) => manages || !MANAGED.includes(name));
  const chosen = sections.find((name) => name === section) ?? "me";
  const Shown = SHOWN[chosen];
  return (
    <div className="screen settings">
      <h1>{t("settings.title")}</h1>
      <div className="settings-body">
        <nav className="settings-sections" aria-label={t("settings.sections")}>
          {sections.map((name) => (
            <Link
              key={name}
              to="/settings"
              search={name === "me" ? {} : { section: name }}
              activeOptions={{ exact: true, includeSearch: true }}
              className="place"
              aria-current={name === chosen ? "page" : undefined}
            >
              {t(`settings.${name}`)}
            </Link>
          ))}
        </nav>
        <div className="stack">
          <Shown />
        </div>
      </div>
    </div>
  );
}
