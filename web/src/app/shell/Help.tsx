import { Dialog } from "@/components/Dialog";
import { Keys } from "@/components/Keys";
import { useText } from "@/i18n/text";
import { SHORTCUTS } from "@/lib/shortcuts";

import "./help.css";

const GROUPS = ["list", "conversation", "everywhere"] as const;

/** All keys; the same list that binds them. */
export function Help({ close }: { close: () => void }) {
  const { t } = useText();
  return (
    <Dialog title={t("help.title")} close={close} wide>
      <div className="help">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{t(`help.group.${group}`)}</h3>
            <dl>
              {SHORTCUTS.filter((shortcut) => shortcut.group === group).map(({ id, keys }) => (
                <div key={id}>
                  <dt>
                    <Keys keys={keys} />
                  </dt>
                  <dd>{t(`help.${id}`)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
