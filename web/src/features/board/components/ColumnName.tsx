import { useState } from "react";

import { Button } from "@/components/Button";
import { useText } from "@/i18n/text";

interface Given {
  name: string;
  save: (name: string) => void;
  cancel: () => void;
}

/** The name of a column, being written. */
export function ColumnName({ name, save, cancel }: Given) {
  const { t } = useText();
  const [text, setText] = useState(name);
  return (
    <form
      className="board-column-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") save(text.trim());
      }}
    >
      <input
        aria-label={t("board.column.name")}
        value={text}
        maxLength={40}
        autoFocus
        onChange={({ target }) => setText(target.value)}
        onKeyDown={({ key }) => {
          if (key === "Escape") cancel();
        }}
      />
      <Button type="submit" kind="primary">
        {t("app.save")}
      </Button>
    </form>
  );
}
