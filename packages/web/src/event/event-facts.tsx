import { SenderFact } from "../access/sender-fact.tsx";
import type { Event } from "../api/types.ts";
import { eventSearch } from "../events/filter.ts";
import { Copyable, Fact, FactLink, FactPanel, PairsFact, TimeFact, WordsFact } from "../ui/facts.tsx";

/** What is known about the event besides what became of it. */
export function EventFacts({ event }: { readonly event: Event }) {
  const { senderId, eventType } = event;
  return (
    <FactPanel title="Details">
      <SenderFact
        senderId={senderId}
        href={`/events${eventSearch({ isUnmatched: false, sender: senderId })}`}
      />
      <Fact name="Type">
        <FactLink href={`/events${eventSearch({ isUnmatched: false, sender: senderId, type: eventType })}`}>
          {eventType}
        </FactLink>
      </Fact>
      <WordsFact name="Channels" words={event.channels} />
      {event.endpointId && (
        <Fact name="For one alone">
          <FactLink href={`/endpoints/${event.endpointId}`}>{event.endpointId}</FactLink>
        </Fact>
      )}
      <TimeFact name="Accepted" at={event.createdAt} />
      <TimeFact name="Expanded" at={event.expandedAt} />
      <TimeFact name="Deliver by" at={event.deliverBy} />
      <TimeFact name="Due" at={event.dueAt} />
      {event.idempotencyKey && (
        <Fact name="Idempotency key">
          <Copyable text={event.idempotencyKey} what="idempotency key" />
        </Fact>
      )}
      <Fact name="Correlation id">
        <Copyable text={event.correlationId} what="correlation id" />
      </Fact>
      <PairsFact name="Metadata" pairs={event.metadata} />
    </FactPanel>
  );
}
