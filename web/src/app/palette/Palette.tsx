import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Building2, Mail, Search, UserRound } from "lucide-react";
import { useState } from "react";
import {
  Autocomplete,
  Dialog,
  I18nProvider,
  Input,
  ListBox,
  ListBoxItem,
  Modal,
  ModalOverlay,
  TextField,
} from "react-aria-components";

import { Keys } from "@/components/Keys";
import { searchOptions } from "@/features/search/api/search";
import { useText } from "@/i18n/text";
import { useSettled } from "@/lib/delayed";

import type { Opened } from "../shell/Root";
import { type Command, matching, useCommands } from "./commands";

import "./palette.css";

interface Given {
  close: () => void;
  open: (what: Opened) => void;
}

/** One box for going anywhere, doing anything and finding anyone. */
export function Palette({ close, open }: Given) {
  const { t, locale } = useText();
  const [typed, setTyped] = useState("");
  const commands = useCommands(open);
  const found = useFound(typed.trim());
  const shown = [...matching(commands, typed), ...found];
  return (
    <I18nProvider locale={locale}>
      <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={(isOpen) => !isOpen && close()}>
        <Modal className="modal palette">
          <Dialog className="dialog" aria-label={t("app.commands")}>
            <Autocomplete inputValue={typed} onInputChange={setTyped}>
              <TextField aria-label={t("palette.placeholder")} autoFocus className="palette-field">
                <Search aria-hidden className="icon muted" />
                <Input placeholder={t("palette.placeholder")} />
              </TextField>
              <ListBox
                className="palette-list"
                aria-label={t("palette.results")}
                items={shown}
                selectionMode="none"
                renderEmptyState={() => <p className="muted pad">{t("palette.empty")}</p>}
                onAction={(id) => {
                  close();
                  shown.find((command) => command.id === id)?.run();
                }}
              >
                {({ id, Icon, label, keys, detail }: Command) => (
                  <ListBoxItem id={id} textValue={label} className="palette-item">
                    <Icon aria-hidden className="icon muted" />
                    <span className="grow">{label}</span>
                    {detail !== undefined && <span className="muted cut">{detail}</span>}
                    {keys !== undefined && <Keys keys={keys} />}
                  </ListBoxItem>
                )}
              </ListBox>
            </Autocomplete>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </I18nProvider>
  );
}

/** What the search knows about the typed words: people, companies and the best few messages. */
function useFound(typed: string): Command[] {
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
      detail: hit.contact?.name ?? hit.sender.name,
      Icon: Mail,
      run: () =>
        void navigate({
          to: "/conversations/$conversationId",
          params: { conversationId: hit.conversation_id },
          hash: `m=${hit.message_id}`,
        }),
    })),
  ];
}
