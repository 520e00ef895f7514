import { Search } from "lucide-react";
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
import { useTypedAhead } from "@/components/later";
import { useText } from "@/i18n/text";

import type { Opened } from "../shell/Root";
import { type Command, matching, useCommands } from "./commands";
import { useFound, useRelated } from "./found";

import "./palette.css";

interface Given {
  close: () => void;
  open: (what: Opened) => void;
}

/** One box for going anywhere, doing anything and finding anyone. */
export function Palette({ close, open }: Given) {
  const { t, locale } = useText();
  const [typed, setTyped] = useState(useTypedAhead());
  const commands = useCommands(open);
  const found = useFound(typed.trim());
  const related = useRelated(typed.trim() === "");
  const shown = [...related, ...matching(commands, typed), ...found];
  return (
    <I18nProvider locale={locale}>
      <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={(isOpen) => !isOpen && close()}>
        <Modal className="modal palette">
          <Dialog className="dialog" aria-label={t("app.commands")}>
            <Autocomplete inputValue={typed} onInputChange={setTyped}>
              <TextField aria-label={t("palette.placeholder")} autoFocus className="palette-field">
                <Search aria-hidden className="icon muted" />
                <Input role="combobox" aria-expanded placeholder={t("palette.placeholder")} />
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
