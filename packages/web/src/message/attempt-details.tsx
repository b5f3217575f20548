import { useState } from "react";
import { prettyIfJson } from "../api/exact-json.ts";
import type { Attempt, Message } from "../api/types.ts";
import { HeadersTable } from "../ui/headers-table.tsx";
import { TextBlock } from "../ui/text-block.tsx";
import { headersAsSent, NOT_KEPT } from "./request-as-sent.ts";
import styles from "./story.module.css";

/** The headers of its request, on demand. */
export function AttemptRequest({
  message,
  attempt,
}: {
  readonly message: Message;
  readonly attempt: Attempt;
}) {
  const [isOpen, setIsOpen] = useState(false);
  if (message.targetUrl === undefined) return null;
  const { body } = message as { readonly body?: unknown };
  // Only whether there is one, and of which kind.
  const sent = { text: body === undefined ? undefined : "", isString: typeof body === "string" };
  return (
    <details
      className={styles.details}
      open={isOpen}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary className={styles.summary}>Request</summary>
      {isOpen && (
        <div className={styles.response}>
          <HeadersTable
            headers={headersAsSent(message, sent, attempt)}
            label={`Request headers of attempt ${attempt.number}`}
          />
          <p className={styles.note}>
            And {NOT_KEPT.join(", ")}, which are made anew for each attempt and not kept.
            {message.endpointId && " Its endpoint's headers are shown as they are now."}
          </p>
        </div>
      )}
    </details>
  );
}

/** What the target answered, on demand; open at once for the attempt that matters most. */
export function AttemptDetails(props: { readonly attempt: Attempt; readonly startsOpen: boolean }) {
  const { responseHeaders = {}, responseBody, responseTruncated, number } = props.attempt;
  const [isOpen, setIsOpen] = useState(props.startsOpen);
  const hasHeaders = Object.keys(responseHeaders).length > 0;
  if (!hasHeaders && !responseBody) return null;
  return (
    <details
      className={styles.details}
      open={isOpen}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary className={styles.summary}>Response</summary>
      {isOpen && (
        <div className={styles.response}>
          {hasHeaders && (
            <HeadersTable headers={responseHeaders} label={`Response headers of attempt ${number}`} />
          )}
          {responseBody && (
            <ResponseBody body={responseBody} number={number} isTruncated={responseTruncated === true} />
          )}
        </div>
      )}
    </details>
  );
}

function ResponseBody(props: {
  readonly body: string;
  readonly number: number;
  readonly isTruncated: boolean;
}) {
  const { text, isJson } = prettyIfJson(props.body);
  return (
    <TextBlock
      label="Response body"
      name={`Response body of attempt ${props.number}`}
      text={text}
      original={props.body}
      isJson={isJson}
      footer={props.isTruncated ? "Homing keeps the beginning of a long response only." : undefined}
    />
  );
}
