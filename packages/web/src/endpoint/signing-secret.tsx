import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useState } from "react";
import { describeError } from "../api/api-error.ts";
import { fetchSecrets } from "../api/endpoints.ts";
import type { Endpoint, EndpointSecrets } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Time } from "../ui/time.tsx";
import styles from "./endpoint.module.css";

interface SigningSecretProps {
  readonly endpoint: Endpoint;
  /** Right after it was made, when somebody is about to give it to the receiver. */
  readonly startsShown: boolean;
}

/** What the receiver verifies with: fetched when it is asked for, and forgotten when it is hidden again. */
export function SigningSecret({ endpoint, startsShown }: SigningSecretProps) {
  const id = useId();
  const [isShown, setIsShown] = useState(startsShown);
  useEffect(() => {
    // Shown once: not again when the page is reloaded.
    if (startsShown) history.replaceState(null, "");
  }, [startsShown]);
  const query = useQuery({
    queryKey: ["endpoint", endpoint.endpointId, "secret", endpoint.secret.generation],
    queryFn: ({ signal }) => fetchSecrets(endpoint.endpointId, signal),
    enabled: isShown,
    gcTime: 0,
  });
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <h2 id={id}>Signing secret</h2>
      <p className={styles.note}>
        {startsShown
          ? "Give it to the receiver: it verifies with it that a delivery comes from here (Standard Webhooks). It can be shown again here."
          : "The receiver verifies with it that a delivery comes from here (Standard Webhooks)."}
        {endpoint.secret.imported && " It was brought along."}
      </p>
      {isShown && query.data && <Secrets secrets={query.data} />}
      {isShown && query.isError && <Notice tone="bad">{describeError(query.error)}</Notice>}
      <div>
        <Button onClick={() => setIsShown(!isShown)} aria-expanded={isShown}>
          {isShown ? "Hide secret" : "Show secret"}
        </Button>
      </div>
    </section>
  );
}

function Secrets({ secrets: { secret, previous } }: { readonly secrets: EndpointSecrets }) {
  return (
    <>
      <Secret text={secret} what="signing secret" />
      {previous.map((one) => (
        <div key={one.secret}>
          <p className={styles.note}>
            The one before, which ends <Time at={one.validUntil} />
          </p>
          <Secret text={one.secret} what="previous secret" />
        </div>
      ))}
    </>
  );
}

function Secret({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <div className={styles.secret}>
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </div>
  );
}
