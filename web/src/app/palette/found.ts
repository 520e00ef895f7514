import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Building2, Mail, Search, Sparkles, UserRound } from "lucide-react";

import { searchOptions } from "@/features/search/api/search";
import { useText } from "@/i18n/text";
import { useSettled } from "@/lib/delayed";
import { similarOptions } from "@/lib/queries/similar";

import type { Command } from "./commands";

/** On a conversation's page: other conversations about the same. */
export function useRelated(wanted: boolean): Command[] {
  const { t } = useText();
  const navigate = useNavigate();
  const { conversationId } = useParams({ strict: false });
  const { data } = useQuery({
    ...similarOptions(conversationId ?? 0),
    enabled: wanted && conversationId !== undefined,
  });
  if (!wanted || !data) return [];
  return data.items.slice(0, 3).map(({ conversation_id, message_id, subject }) => ({
    id: `related-${conversation_id}`,
    label: subject || t("inbox.noSubject"),
    detail: t("palette.related"),
    Icon: Sparkles,
    run: () =>
      void navigate({
        to: "/conversations/$conversationId",
        params: { conversationId: conversation_id },
        hash: `m=${message_id}`,
      }),
  }));
}

/** What the search knows about the typed words: people, companies and the best few messages. */
export function useFound(typed: string): Command[] {
  const { t } = useText();
  const navigate = useNavigate();
  const q = useSettled(typed, 150);
  const { data } = useQuery({
    ...searchOptions({ q, limit: 6 }),
    enabled: q.length > 1,
    placeholderData: keepPreviousData,
  });
  if (typed.length < 2) return [];
  const all: Command = {
    id: "search",
    label: t("palette.searchFor", { q: typed }),
    Icon: Search,
    run: () => void navigate({ to: "/search", search: { q: typed } }),
  };
  if (!data) return [all];
  return [
    all,
    ...data.companies.slice(0, 3).map<Command>(({ id, name }) => ({
      id: `company-${id}`,
      label: name,
      Icon: Building2,
      run: () => void navigate({ to: "/companies/$companyId", params: { companyId: id } }),
    })),
    ...data.contacts.slice(0, 3).map<Command>(({ id, name, address }) => ({
      id: `contact-${id}`,
      label: name || address,
      detail: address,
      Icon: UserRound,
      run: () => void navigate({ to: "/contacts/$contactId", params: { contactId: id } }),
    })),
    ...data.items.map<Command>((hit) => ({
      id: hit.message_id,
      label: hit.subject || t("inbox.noSubject"),
      detail: hit.why === "meaning" ? t("palette.meaning") : (hit.contact?.name ?? hit.sender.name),
      Icon: hit.why === "meaning" ? Sparkles : Mail,
      run: () =>
        void navigate({
          to: "/conversations/$conversationId",
          params: { conversationId: hit.conversation_id },
          hash: `m=${hit.message_id}`,
        }),
    })),
  ];
}
