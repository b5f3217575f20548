import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { activateEndpoint, deleteEndpoint, disableEndpoint } from "../api/endpoints.ts";
import type { Endpoint } from "../api/types.ts";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import { type Change, DONE_TEXTS } from "./changes.ts";
import styles from "./endpoint.module.css";
import { useMayManage } from "./use-may-manage.ts";

const ConfirmChange = lazyPart("The question before it", () =>
  import("./confirm-change.tsx").then((m) => m.ConfirmChange),
);

const Replay = lazyPart("The replay", () => import("./replay.tsx").then((m) => m.Replay));

const CALLS: Record<Change, (endpointId: string) => Promise<unknown>> = {
  ACTIVATE: activateEndpoint,
  DISABLE: disableEndpoint,
  DELETE: deleteEndpoint,
};

/** What this key may do with the endpoint in its present state; nothing for a key that may only read. */
export function EndpointActions({ endpoint }: { readonly endpoint: Endpoint }) {
  const { endpointId, senderId, state } = endpoint;
  const mayManage = useMayManage(senderId);
  const [asked, setAsked] = useState<Change>();
  const [isReplaying, setIsReplaying] = useState(false);
  const [, navigate] = useLocation();
  const client = useQueryClient();

  const act = useMutation({
    mutationFn: (change: Change) => CALLS[change](endpointId),
    onSuccess: (_, change) => {
      setAsked(undefined);
      announce(DONE_TEXTS[change]);
      if (change === "DELETE") navigate("/endpoints", { replace: true });
    },
    // Refused or not, the endpoint may be in another state than the one on the screen.
    onSettled: (_, error, change) => {
      client.invalidateQueries({ queryKey: ["endpoints"] });
      if (error || change !== "DELETE") client.invalidateQueries({ queryKey: ["endpoint", endpointId] });
    },
  });
  const ask = (change: Change) => {
    act.reset();
    setAsked(change);
  };
  if (!mayManage) return null;
  return (
    <div className={styles.actions}>
      <Button kind="plain" onClick={() => ask("DELETE")}>
        Delete…
      </Button>
      <Button onClick={() => navigate(`/endpoints/${endpointId}/edit`)} aria-keyshortcuts="e">
        Edit
      </Button>
      {state !== "DISABLED" && <Button onClick={() => setIsReplaying(true)}>Replay…</Button>}
      {state !== "DISABLED" && <Button onClick={() => ask("DISABLE")}>Disable…</Button>}
      {state !== "ACTIVE" && (
        <Button kind="primary" onClick={() => ask("ACTIVATE")}>
          Activate…
        </Button>
      )}
      {isReplaying && <Replay endpoint={endpoint} onClose={() => setIsReplaying(false)} />}
      {asked && (
        <ConfirmChange
          change={asked}
          busy={act.isPending}
          error={act.error}
          onConfirm={() => act.mutate(asked)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  );
}
