import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useState } from "react";
import { describeError } from "../api/api-error.ts";
import { fetchSecrets } from "../api/endpoints.ts";
import type { Endpoint, EndpointSecrets } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import { Notice } from "../ui/notice.tsx";
import { Time } from "../ui/time.tsx";
import styles from "./endpoint.module.css";

interface SigningSecretProps {
  readonly endpoint: Endpoint;
  /** Right after it was made, when somebody is about to give it to the receiver. */
  readonly startsShown: boolean;
}

const Rotation = lazyPart("The rotation", () => import("./rotation.tsx").then((m) => m.Rotation));

/** What the receiver verifies with: fetched when it is asked for, and forgotten when it is hidden again. */
export function SigningSecret({ endpoint, startsShown }: SigningSecretProps) {
  const id = useId();
  const { imported, previousValidUntil } = endpoint.secret;
  const [isShown, setIsShown] = useState(startsShown);
  const [isRotating, setIsRotating] = useState(false);
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
        {imported && " It was brought along."}
        {previousValidUntil && !isShown && (
          <>
            {" "}
            The one before it ends <Time at={previousValidUntil} />.
          </>
        )}
      </p>
      {isShown && query.data && <Secrets secrets={query.data} />}
      {isShown && query.isError && <Notice tone="bad">{describeError(query.error)}</Notice>}
      <div className={styles.actions}>
        <Button onClick={() => setIsShown(!isShown)} aria-expanded={isShown}>
          {isShown ? "Hide secret" : "Show secret"}
        </Button>
        <Button onClick={() => setIsRotating(true)}>Rotate…</Button>
      </div>
      {isRotating && (
        <Rotation
          endpointId={endpoint.endpointId}
          onDone={() => {
            setIsRotating(false);
            setIsShown(true);
          }}
          onClose={() => setIsRotating(false)}
        />
      )}
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
            One from before, which ends <Time at={one.validUntil} />
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
