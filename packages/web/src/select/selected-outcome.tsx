import { Link } from "wouter";
import { describeError } from "../api/api-error.ts";
import type { Row } from "../messages/feed.ts";
import { splitTarget } from "../messages/split-target.ts";
import bulk from "../retry/bulk-retry.module.css";
import type { BulkKind } from "../retry/bulk-words.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import type { Outcome } from "./act-on-each.ts";
import styles from "./select.module.css";
import { doneText, notAskedText, refusedText, storedText } from "./selected-words.tsx";
import type { Outcomes } from "./use-act-on-selected.ts";

interface SelectedOutcomeProps {
  readonly kind: BulkKind;
  readonly outcomes: Outcomes;
  readonly wasStopped: boolean;
  readonly onAgain: (rows: readonly Row[]) => void;
  readonly onClose: () => void;
}

/** What became of each: how many are done, which were refused and why, and of which it is not known. */
export function SelectedOutcome({ kind, outcomes, wasStopped, onAgain, onClose }: SelectedOutcomeProps) {
  const of = <Kind extends Outcome["kind"]>(wanted: Kind) =>
    [...outcomes].filter((one): one is [Row, Extract<Outcome, { kind: Kind }>] => one[1].kind === wanted);
  const [done, stored, refused] = [of("done").length, of("stored").length, of("refused")];
  const unanswered = of("unanswered");
  const unasked = of("unasked");
  const again = [...unanswered, ...unasked];
  const error = again.find(([, outcome]) => outcome.error !== undefined)?.[1].error;
  return (
    <>
      <div className={bulk.text}>
        <p role="status">
          <strong>
            {wasStopped && again.length > 0 && "Stopped. "}
            {doneText(kind, done + stored)}
          </strong>
        </p>
        {stored > 0 && <p>{storedText(stored)}</p>}
        {refused.length > 0 && (
          <>
            <p>{refusedText(refused.length)}</p>
            <ul className={styles.refused}>
              {refused.map(([{ item }, outcome]) => (
                <li key={item.messageId}>
                  <TargetLink of={item} /> <span>{describeError(outcome.error)}</span>
                </li>
              ))}
            </ul>
          </>
        )}
        {again.length > 0 && (
          <Notice
            tone={error === undefined ? "warn" : "bad"}
            action={
              <Button small onClick={() => onAgain(again.map(([row]) => row))}>
                {error === undefined ? "Go on" : again.length === 1 ? "Try it again" : "Try those again"}
              </Button>
            }
          >
            {notAskedText(kind, unanswered.length, unasked.length)}{" "}
            {error !== undefined && describeError(error)}
          </Notice>
        )}
      </div>
      <div className={bulk.actions}>
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </>
  );
}

function TargetLink({ of: { messageId, targetUrl } }: { readonly of: Row["item"] }) {
  const { host, path } = splitTarget(targetUrl);
  return (
    <Link href={`/messages/${messageId}`} className={styles.link ?? ""} title={messageId}>
      <bdi>
        {host}
        {path}
      </bdi>
    </Link>
  );
}
