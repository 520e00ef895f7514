import { useState } from "react";

import { useText } from "@/i18n/text";

import { Dialog } from "./Dialog";
import { TextField } from "./Field";
import { Form } from "./Form";

/** A day and a time in the future, in the reader's own time zone. */
export function PickTime({ choose, close }: { choose: (at: Date) => void; close: () => void }) {
  const { t } = useText();
  const [value, setValue] = useState(() => local(tomorrow()));
  const [past, setPast] = useState(false);
  return (
    <Dialog title={t("snooze.title")} close={close}>
      <Form
        submit={t("snooze.set")}
        close={close}
        disabled={value === ""}
        send={() => {
          const at = new Date(value);
          const good = at.getTime() > Date.now();
          setPast(!good);
          if (!good) return;
          choose(at);
          close();
        }}
      >
        <TextField
          label={t("snooze.until")}
          type="datetime-local"
          value={value}
          min={local(new Date())}
          autoFocus
          error={past ? t("snooze.past") : undefined}
          onChange={({ target }) => setValue(target.value)}
        />
      </Form>
    </Dialog>
  );
}

function tomorrow(): Date {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 8);
}

/** As the browser's field has it: local, without a zone. */
function local(at: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
