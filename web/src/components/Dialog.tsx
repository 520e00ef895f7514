import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, I18nProvider, Modal, ModalOverlay } from "react-aria-components";

import { useText } from "@/i18n/text";

interface Shown {
  title: string;
  close: () => void;
  children: ReactNode;
  wide?: boolean;
}

/** A dialog: keeps the focus, gives it back, closes on Escape and on a press outside. */
export function Dialog({ title, close, children, wide = false }: Shown) {
  const { t, locale } = useText();
  return (
    <I18nProvider locale={locale}>
      <ModalOverlay
        className="overlay"
        isOpen
        isDismissable
        onOpenChange={(open) => {
          if (!open) close();
        }}
      >
        <Modal className={wide ? "modal wide" : "modal"}>
          <AriaDialog className="dialog">
            <header className="dialog-head">
              <Heading slot="title">{title}</Heading>
              <button type="button" className="icon-button" aria-label={t("app.close")} onClick={close}>
                <X aria-hidden className="icon" />
              </button>
            </header>
            <div className="dialog-body">{children}</div>
          </AriaDialog>
        </Modal>
      </ModalOverlay>
    </I18nProvider>
  );
}
