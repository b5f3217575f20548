import { Dialog } from "../ui/dialog.tsx";
import { enableShortcuts, useShortcutsEnabled } from "../ui/preferences.ts";
import { PLACES, SHORTCUTS } from "./shortcut-list.ts";
import styles from "./shortcuts-help.module.css";

export function ShortcutsHelp({ onClose }: { readonly onClose: () => void }) {
  const enabled = useShortcutsEnabled();
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      {PLACES.map((place) => (
        <section key={place} className={styles.section}>
          <h3>{place}</h3>
          <dl className={styles.list}>
            {SHORTCUTS.filter(({ where }) => where === place).map(({ keys, does }) => (
              <div key={does} className={styles.row}>
                <dt>{does}</dt>
                <dd className={styles.keys}>
                  {keys.map((key) => (
                    <kbd key={key} className={styles.key}>
                      {key}
                    </kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <label className={styles.switch}>
        <input
          type="checkbox"
          checked={enabled}
          onChange={(event) => enableShortcuts(event.target.checked)}
        />
        Single keys are shortcuts. Switch this off if you use speech input.
      </label>
    </Dialog>
  );
}
