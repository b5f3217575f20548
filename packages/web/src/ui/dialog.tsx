import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode, RefObject } from "react";
import { Button } from "./button.tsx";
import styles from "./dialog.module.css";
import { CloseIcon } from "./more-icons.tsx";

/** Something to read or to work with; closes by Escape, by a click beside it and by its button. */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Gets the focus afterwards, in place of what had it before. */
  readonly finalFocus?: RefObject<HTMLElement | null>;
}) {
  return (
    <Base.Root open onOpenChange={(open) => !open && props.onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Viewport className={styles.viewport}>
          <Base.Popup
            className={styles.popup}
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
