import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { describeError } from "../api/api-error.ts";
import { testEndpoint } from "../api/endpoints.ts";
import type { Endpoint } from "../api/types.ts";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import { changesFor } from "./changes.ts";
import styles from "./endpoint.module.css";
import { useChanges } from "./use-changes.tsx";
import { useMayManage } from "./use-may-manage.ts";

const Replay = lazyPart("The replay", () => import("./replay.tsx").then((m) => m.Replay));

/** What this key may do with the endpoint in its present state; nothing for a key that may only read. */
export function EndpointActions({ endpoint }: { readonly endpoint: Endpoint }) {
  const { endpointId, senderId, state } = endpoint;
  const mayManage = useMayManage(senderId);
  const { ask, question } = useChanges(endpoint);
  const [isReplaying, setIsReplaying] = useState(false);
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const test = useMutation({
    mutationFn: () => testEndpoint(endpointId),
    onSuccess: () => announce("A test event is on its way; its delivery is the newest one."),
    onError: (error) => announce(`No test event was sent. ${describeError(error)}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["endpoint", endpointId, "deliveries"] }),
  });
  const can = changesFor(endpoint);
  if (!mayManage) return null;
  return (
    <div className={styles.actions}>
      <Button onClick={() => navigate(`/endpoints/${endpointId}/edit`)} aria-keyshortcuts="e">
        Edit
      </Button>
      <Button onClick={() => !test.isPending && test.mutate()} aria-disabled={test.isPending}>
        {test.isPending ? "Sending…" : "Send test"}
      </Button>
      {state !== "DISABLED" && <Button onClick={() => setIsReplaying(true)}>Replay…</Button>}
      {can.PAUSE && <Button onClick={() => ask("PAUSE")}>Pause…</Button>}
      {can.ACTIVATE && (
        <Button kind="primary" onClick={() => ask("ACTIVATE")}>
          Activate…
        </Button>
      )}
      {isReplaying && <Replay endpoint={endpoint} onClose={() => setIsReplaying(false)} />}
      {question}
    </div>
  );
}
