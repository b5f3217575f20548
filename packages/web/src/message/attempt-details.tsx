import { useState } from "react";
import { prettyIfJson } from "../api/exact-json.ts";
import type { Attempt } from "../api/types.ts";
import { HeadersTable } from "../ui/headers-table.tsx";
import { TextBlock } from "../ui/text-block.tsx";
import styles from "./story.module.css";

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
