import { AlertDialog } from "@base-ui/react/alert-dialog";
import { type ReactNode, useRef } from "react";
import { Button } from "./button.tsx";
import styles from "./dialog.module.css";

export interface ConfirmProps {
  readonly title: string;
  /** What will happen, before it happens. */
  readonly children: ReactNode;
  /** The verb of the button that does it. */
  readonly action: string;
  readonly danger?: boolean;
  readonly busy?: boolean;
  /** What the other button says, which does nothing. */
  readonly dismiss: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/**
 * Asks before something is done. The focus starts on the action, which the reader has just asked for, unless
 * it cannot be undone: then a second Enter must not do it.
 */
export function Confirm(props: ConfirmProps) {
  const action = useRef<HTMLButtonElement>(null);
  const dismiss = useRef<HTMLButtonElement>(null);
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && props.onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={styles.backdrop} />
        <AlertDialog.Viewport className={styles.viewport}>
          <AlertDialog.Popup className={styles.popup} initialFocus={props.danger ? dismiss : action}>
            <AlertDialog.Title className={styles.title}>{props.title}</AlertDialog.Title>
            <AlertDialog.Description className={styles.text} render={<div />}>
              {props.children}
            </AlertDialog.Description>
            <div className={styles.actions}>
              <AlertDialog.Close ref={dismiss} render={<Button />}>
                {props.dismiss}
              </AlertDialog.Close>
              <Button
                ref={action}
                kind={props.danger ? "danger" : "primary"}
                aria-disabled={props.busy}
                onClick={() => !props.busy && props.onConfirm()}
              >
                {props.action}
              </Button>
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
