import { Dialog as Base } from "@base-ui/react/dialog";
import { type ReactNode, type RefObject, useRef } from "react";
import { Button } from "./button.tsx";
import styles from "./dialog.module.css";
import { CloseIcon } from "./more-icons.tsx";

/** Of several radio buttons the chosen one: from there the arrow keys choose another. */
const FIRST_FIELD = "input:checked, input:not([type=radio]), select, textarea";

/** Something to read or to work with; closes by Escape, by a click beside it and by its button. */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Gets the focus afterwards, in place of what had it before. */
  readonly finalFocus?: RefObject<HTMLElement | null>;
}) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open onOpenChange={(open) => !open && props.onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Viewport className={styles.viewport}>
          <Base.Popup
            ref={popup}
            className={styles.popup}
            // A finger needs no focus in a field, which would bring up its keyboard.
            initialFocus={(by) =>
              by === "touch" || (popup.current?.querySelector<HTMLElement>(FIRST_FIELD) ?? true)
            }
            {...(props.finalFocus ? { finalFocus: props.finalFocus } : {})}
          >
            <div className={styles.head}>
              <Base.Title className={styles.title}>{props.title}</Base.Title>
              <Base.Close render={<Button square small kind="plain" aria-label="Close" />}>
                <CloseIcon />
              </Base.Close>
            </div>
            {props.children}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
