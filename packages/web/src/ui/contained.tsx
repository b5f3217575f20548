import { Component, type ReactNode } from "react";
import { Button } from "./button.tsx";
import styles from "./contained.module.css";
import { Notice } from "./notice.tsx";

interface ContainedProps {
  /** Names what is missing from the screen, as in "The charts". */
  readonly what: string;
  /** With another value the contents are tried again: newer data may be fit to be shown. */
  readonly renewedBy?: unknown;
  /** In place of the usual notice, where there is no room for one. */
  readonly fallback?: ReactNode;
  readonly children: ReactNode;
}

/** Keeps an error in its own part of the screen: that part says so, all others go on. */
export class Contained extends Component<ContainedProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override componentDidUpdate(before: ContainedProps) {
    if (this.state.hasFailed && before.renewedBy !== this.props.renewedBy) this.tryAgain();
  }

  tryAgain = () => this.setState({ hasFailed: false });

  override render() {
    const { what, fallback, children } = this.props;
    if (!this.state.hasFailed) return children;
    if (fallback !== undefined) return fallback;
    return (
      <Notice
        tone="bad"
        action={
          <span className={styles.actions}>
            <Button small onClick={this.tryAgain}>
              Try again
            </Button>
            <Button small onClick={() => location.reload()}>
              Reload
            </Button>
          </span>
        }
      >
        {what} cannot be shown: something went wrong in the dashboard itself.
      </Notice>
    );
  }
}
