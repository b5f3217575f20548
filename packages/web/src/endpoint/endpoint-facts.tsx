import { SenderFact } from "../access/sender-fact.tsx";
import type { Endpoint } from "../api/types.ts";
import { filterSearch } from "../messages/filter.ts";
import { Copyable, Fact, FactLink, FactPanel, PairsFact, TimeFact, WordsFact } from "../ui/facts.tsx";
import { SafeText } from "../ui/safe-text.tsx";

export function EndpointFacts({ endpoint }: { readonly endpoint: Endpoint }) {
  const { description, eventTypes, channels, senderId } = endpoint;
  return (
    <FactPanel title="Details">
      {description && (
        <Fact name="Description">
          <SafeText>{description}</SafeText>
        </Fact>
      )}
      <SenderFact senderId={senderId} href={`/messages${filterSearch({ tab: "all", sender: senderId })}`} />
      <Fact name="URL">
        <Copyable text={endpoint.url} what="URL" />
      </Fact>
      <WordsFact name="Event types" words={eventTypes} none="All" />
      <WordsFact name="Channels" words={channels} none="All events, with or without channels" />
      <PairsFact name="Headers" pairs={endpoint.headers} />
      <PairsFact name="Metadata" pairs={endpoint.metadata} />
      {endpoint.svixHeaders && <Fact name="Svix headers">Sent too</Fact>}
      {endpoint.retrySchedule && (
        <Fact name="Retries after">{endpoint.retrySchedule.join(", ") || "None"}</Fact>
      )}
      {endpoint.rateLimit && (
        <Fact name="Rate limit">
          At most {endpoint.rateLimit.count.toLocaleString()} in {endpoint.rateLimit.period}, evenly spaced
        </Fact>
      )}
      {endpoint.gate && (
        <>
          <TimeFact name="Held since" at={endpoint.gate.since} />
          <Fact name="Probes">{endpoint.gate.probes}</Fact>
          {endpoint.gate.probe && (
            <Fact name="Latest probe">
              <FactLink href={`/messages/${endpoint.gate.probe.messageId}`}>
                {endpoint.gate.probe.messageId}
              </FactLink>
            </Fact>
          )}
        </>
      )}
      <TimeFact name="Registered" at={endpoint.createdAt} />
      <TimeFact
        name="Changed"
        at={endpoint.updatedAt === endpoint.createdAt ? undefined : endpoint.updatedAt}
      />
    </FactPanel>
  );
}
