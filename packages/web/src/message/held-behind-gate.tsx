import { useQuery } from "@tanstack/react-query";
import { fetchEndpoint } from "../api/endpoints.ts";
import type { Message } from "../api/types.ts";
import { FactLink } from "../ui/facts.tsx";
import { Countdown } from "../ui/time.tsx";

const EVERY_MS = 5_000;

/** A message that waits until its endpoint, which fails, is well again. */
export function isBehindGate(message: Message): message is Message & { readonly endpointId: string } {
  return message.pendingReason === "ENDPOINT_FAILING" && message.endpointId !== undefined;
}

/** What it waits for, and when its endpoint is tried next, as far as that is known. */
export function HeldBehindGate({ endpointId }: { readonly endpointId: string }) {
  const { data } = useQuery({
    queryKey: ["endpoint", endpointId],
    queryFn: ({ signal }) => fetchEndpoint(endpointId, signal),
    refetchInterval: EVERY_MS,
  });
  return (
    <>
      Held: <FactLink href={`/endpoints/${endpointId}`}>its endpoint</FactLink> fails
      {data?.gate && (
        <>
          , and is tried next in <Countdown to={data.gate.nextProbeAt} after="a moment" />
        </>
      )}
    </>
  );
}
