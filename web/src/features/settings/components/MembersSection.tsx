import { useQuery } from "@tanstack/react-query";
import { EllipsisVertical, KeyRound, UserRoundCheck, UserRoundPlus, UserRoundX } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { Age } from "@/components/Age";
import { Button } from "@/components/Button";
import type { Choice } from "@/components/Menu";
import { MenuButton } from "@/components/MenuButton";
import { useNotices } from "@/components/notices";
import { useRefused } from "@/components/useRefused";
import { Problem } from "@/components/Problem";
import { Select } from "@/components/Select";
import { Skeleton } from "@/components/Skeleton";
import { type Column, Table } from "@/components/Table";
import { useText } from "@/i18n/text";
import { sessionOptions } from "@/lib/queries/session";
import type { TeamMember } from "@/lib/shapes";

import { ROLES, teamOptions, useChangeMember, useNewLink } from "../api/settings";

const Invite = lazy(() => import("./Invite").then((file) => ({ default: file.Invite })));
const InviteLink = lazy(() => import("./Invite").then((file) => ({ default: file.InviteLink })));

export interface HandedLink {
  name: string;
  url: string;
  until: string;
}

/** Who works here, with which role; a link invites, and also helps after a forgotten password. */
export function MembersSection() {
  const { t } = useText();
  const { data, error, refetch } = useQuery(teamOptions);
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState<HandedLink | null>(null);
  const columns = useColumns(setLink);
  if (error) return <Problem error={error} retry={refetch} />;
  return (
    <section className="card" aria-labelledby="members-title">
      <header className="section-head">
        <h2 id="members-title" className="grow">
          {t("members.title")}
        </h2>
        <Button kind="primary" icon={UserRoundPlus} onClick={() => setInviting(true)}>
          {t("members.invite")}
        </Button>
      </header>
      {data ? (
        <Table label={t("members.title")} columns={columns} rows={data.items} keyOf={({ id }) => id} stacks />
      ) : (
        <Skeleton />
      )}
      <Suspense>
        {inviting && <Invite close={() => setInviting(false)} done={setLink} />}
        {link && <InviteLink link={link} close={() => setLink(null)} />}
      </Suspense>
    </section>
  );
}

function useColumns(handOver: (link: HandedLink) => void): Column<TeamMember>[] {
  const { t } = useText();
  const { data: session } = useQuery(sessionOptions);
  const change = useChange();
  const me = session?.member;
  const may = (member: TeamMember) =>
    member.id !== me?.id && (me?.role === "admin" || member.role !== "admin");
  const roles = me?.role === "admin" ? ROLES : ROLES.filter((role) => role !== "admin");
  return [
    {
      name: "name",
      title: t("members.name"),
      cell: ({ name, email }) => (
        <>
          {name}
          <span className="field-hint">{email}</span>
        </>
      ),
    },
    {
      name: "role",
      title: t("members.role"),
      cell: (member) =>
        may(member) ? (
          <Select
            label={`${t("members.role")}: ${member.name}`}
            value={member.role}
            options={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
            change={(role) => change(member, { role })}
          />
        ) : (
          t(`role.${member.role}`)
        ),
    },
    {
      name: "state",
      title: t("members.state"),
      cell: ({ disabled, invited }) => (
        <span className={disabled ? "badge bad" : invited ? "badge warn" : "badge good"}>
          {t(`members.state.${disabled ? "disabled" : invited ? "invited" : "active"}`)}
        </span>
      ),
    },
    {
      name: "seen",
      title: t("members.seen"),
      cell: ({ last_seen_at: seen }) => (seen === null ? t("members.never") : <Age at={seen} />),
    },
    {
      name: "more",
      title: t("app.actions"),
      quiet: true,
      align: "end",
      cell: (member) => may(member) && <More member={member} handOver={handOver} />,
    },
  ];
}

function useChange() {
  const { t } = useText();
  const { say } = useNotices();
  const refused = useRefused();
  const { mutate } = useChangeMember();
  return ({ id, name }: TeamMember, change: Omit<Parameters<typeof mutate>[0], "id">) =>
    mutate(
      { id, ...change },
      {
        onSuccess: () => say(t("members.changed", { name })),
        onError: refused,
      },
    );
}

function More({ member, handOver }: { member: TeamMember; handOver: (link: HandedLink) => void }) {
  const { t } = useText();
  const refused = useRefused();
  const change = useChange();
  const newLink = useNewLink();
  const { id, name, disabled } = member;
  const choices: Choice[] = [
    {
      id: "link",
      label: t("members.newLink"),
      icon: KeyRound,
      run: () =>
        newLink.mutate(id, {
          onSuccess: ({ url, expires_at: until }) => handOver({ name, url, until }),
          onError: refused,
        }),
    },
    {
      id: "disable",
      label: t(disabled ? "members.enable" : "members.disable"),
      icon: disabled ? UserRoundCheck : UserRoundX,
      danger: !disabled,
      run: () => change(member, { disabled: !disabled }),
    },
  ];
  return <MenuButton icon={EllipsisVertical} label={t("members.more", { name })} choices={choices} />;
}
