import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { activateEndpoint, deleteEndpoint, disableEndpoint, pauseEndpoint } from "../api/endpoints.ts";
import type { Endpoint } from "../api/types.ts";
import { announce } from "../ui/announcer.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import { type Change, DONE_TEXTS } from "./changes.ts";

const ConfirmChange = lazyPart("The question before it", () =>
  import("./confirm-change.tsx").then((m) => m.ConfirmChange),
);

const CALLS: Record<Change, (endpointId: string) => Promise<unknown>> = {
  ACTIVATE: activateEndpoint,
  PAUSE: pauseEndpoint,
  DISABLE: disableEndpoint,
  DELETE: deleteEndpoint,
};

interface Changes {
  readonly ask: (change: Change) => void;
  /** The question, where one has been asked. */
  readonly question: ReactNode;
}

/** Changes of an endpoint's state, each confirmed before it is made. */
export function useChanges(endpoint: Endpoint): Changes {
  const { endpointId } = endpoint;
  const [asked, setAsked] = useState<Change>();
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
  return {
    ask: (change) => {
      act.reset();
      setAsked(change);
    },
    question: asked && (
      <ConfirmChange
        change={asked}
        endpoint={endpoint}
        busy={act.isPending}
        error={act.error}
        onConfirm={() => act.mutate(asked)}
        onClose={() => setAsked(undefined)}
      />
    ),
  };
}
