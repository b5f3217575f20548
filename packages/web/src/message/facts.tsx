import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Message } from "../api/types.ts";
import { filterSearch } from "../messages/filter.ts";
import { Clamped } from "../ui/clamped.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { SafeText } from "../ui/safe-text.tsx";
import { exactTime } from "../ui/times.ts";
import styles from "./facts.module.css";

/** What is known about the message besides its story. */
export function Facts({ message }: { readonly message: Message }) {
  const { sends, metadata = {} } = message;
  const entries = Object.entries(metadata);
  return (
    <section aria-labelledby="facts" className={styles.panel}>
      <h2 id="facts" className={styles.title}>
        Details
      </h2>
      <dl className={styles.list}>
        <Fact name="Sender">
          <Link
            className={styles.link ?? ""}
            href={`/messages${filterSearch({ tab: "all", sender: message.senderId })}`}
          >
            {message.senderId}
          </Link>
        </Fact>
        <Fact name="Attempts">
          {message.attemptCount} of {message.maxAttempts}
        </Fact>
        <Fact name="Sends">
          {sends.count}
          {sends.rollbacks > 0 && `, ${sends.rollbacks} rolled back`}
        </Fact>
        {sends.lastErrorCode && (
          <Fact name="Last send error">
            <code>{sends.lastErrorCode}</code>
          </Fact>
        )}
        <TimeFact name="Accepted" at={message.createdAt} />
        <TimeFact name="Deliver at" at={message.deliverAt} />
        <TimeFact name="Deliver by" at={message.deliverBy} />
        <TimeFact name="Rolled back" at={message.rolledBackAt} />
        <TimeFact name="Next attempt" at={message.nextAttemptAt} />
        <TimeFact name="Due" at={message.dueAt} />
        <TimeFact name="Finished" at={message.finishedAt} />
        {message.idempotencyKey && (
          <Fact name="Idempotency key">
            <Copyable text={message.idempotencyKey} what="idempotency key" />
          </Fact>
        )}
        <Fact name="Correlation id">
          <Copyable text={message.correlationId} what="correlation id" />
        </Fact>
        {entries.length > 0 && (
          <Fact name="Metadata">
            <dl className={styles.metadata}>
              {entries.map(([name, value]) => (
                <div key={name}>
                  <dt>
                    <SafeText>{name}</SafeText>
                  </dt>
                  <dd>
                    <Clamped>{value}</Clamped>
                  </dd>
                </div>
              ))}
            </dl>
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function TimeFact({ name, at }: { readonly name: string; readonly at: string | undefined }) {
  return at === undefined ? null : (
    <Fact name={name}>
      <time dateTime={at} title={at}>
        {exactTime(Date.parse(at))}
      </time>
    </Fact>
  );
}

function Copyable({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <span className={styles.copyable}>
      <code>
        <SafeText>{text}</SafeText>
      </code>
      <CopyButton text={text} what={what} />
    </span>
  );
}
