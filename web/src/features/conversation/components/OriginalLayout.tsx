import { useState } from "react";

import { useText } from "@/i18n/text";
import { addressOf } from "@/lib/base";
import type { Message } from "@/lib/shapes";

/**
 * The message's own HTML, cleaned by the server, in a frame that can run nothing and reach nothing.
 * Remote images stay away until they are asked for.
 */
export function OriginalLayout({ message }: { message: Message }) {
  const { t } = useText();
  const [images, setImages] = useState(false);
  return (
    <div className="original">
      {message.has_remote_images && !images && (
        <p className="hint">
          {t("conversation.images.blocked")}{" "}
          <button type="button" className="link" onClick={() => setImages(true)}>
            {t("conversation.images")}
          </button>
        </p>
      )}
      <iframe
        title={t("conversation.html.title")}
        src={addressOf(`/api/v1/messages/${message.id}/html?images=${images ? 1 : 0}`)}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
      />
    </div>
  );
}
