import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Field, TextField } from "@/components/Field";
import { Form } from "@/components/Form";
import { useNotices } from "@/components/notices";
import { Problem } from "@/components/Problem";
import { Select } from "@/components/Select";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import type { Workspace } from "@/lib/shapes";

import { useChangeWorkspace, workspaceOptions } from "../api/settings";

/** The workspace's own name, domains, language and time zone. */
export function WorkspaceSection() {
  const { data, error, refetch } = useQuery(workspaceOptions);
  if (error) return <Problem error={error} retry={refetch} />;
  return data ? <WorkspaceForm key={data.id} workspace={data} /> : <Skeleton />;
}

function WorkspaceForm({ workspace }: { workspace: Workspace }) {
  const { t } = useText();
  const { say } = useNotices();
  const change = useChangeWorkspace();
  const [language, setLanguage] = useState(workspace.language);
  const zones = [...new Set([workspace.time_zone, ...Intl.supportedValuesOf("timeZone")])];
  const [zone, setZone] = useState(workspace.time_zone);
  return (
    <section className="card" aria-labelledby="workspace-title">
      <h2 id="workspace-title">{t("settings.workspace")}</h2>
      <Form
        submit={t("app.save")}
        disabled={change.isPending}
        error={change.error}
        send={({ name = "", domains = "" }) => {
          const body = {
            name: name.trim(),
            domains: domains.split(/[\s,]+/).filter(Boolean),
            language,
            time_zone: zone,
          };
          change.mutate(body, { onSuccess: () => say(t("settings.saved")) });
        }}
      >
        <TextField
          label={t("workspace.name")}
          name="name"
          defaultValue={workspace.name}
          required
          maxLength={120}
        />
        <Field label={t("workspace.domains")} hint={t("workspace.domains.hint")}>
          {(wired) => (
            <textarea {...wired} name="domains" rows={3} defaultValue={workspace.domains.join("\n")} />
          )}
        </Field>
        <Field label={t("workspace.language")}>
          {({ id }) => (
            <Select
              id={id}
              label={t("workspace.language")}
              value={language}
              change={setLanguage}
              options={[
                { value: "da", label: "Dansk" },
                { value: "en", label: "English" },
              ]}
            />
          )}
        </Field>
        <Field label={t("workspace.zone")} hint={t("workspace.zone.hint")}>
          {({ id }) => (
            <Select
              id={id}
              label={t("workspace.zone")}
              value={zone}
              change={setZone}
              options={zones.map((value) => ({ value, label: value.replaceAll("_", " ") }))}
            />
          )}
        </Field>
      </Form>
    </section>
  );
}
