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
      {/* It scrolls, so the keyboard must reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="help" role="group" aria-label={t("help.title")} tabIndex={0}>
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
