import { SenderFact } from "../access/sender-fact.tsx";
import type { Message } from "../api/types.ts";
import { laneSearch } from "../lanes/filter.ts";
import { filterSearch } from "../messages/filter.ts";
import { Copyable, Fact, FactLink, FactPanel, PairsFact, TimeFact } from "../ui/facts.tsx";
import { SafeText } from "../ui/safe-text.tsx";

/** What is known about the message besides its story. */
export function Facts({ message }: { readonly message: Message }) {
  const { sends } = message;
  return (
    <FactPanel title="Details">
      <SenderFact
        senderId={message.senderId}
        href={`/messages${filterSearch({ tab: "all", sender: message.senderId })}`}
      />
      {message.eventId && (
        <Fact name="Event">
          <FactLink href={`/events/${message.eventId}`}>{message.eventType ?? message.eventId}</FactLink>
        </Fact>
      )}
      {message.endpointId && (
        <Fact name="Endpoint">
          <FactLink href={`/endpoints/${message.endpointId}`}>{message.endpointId}</FactLink>
        </Fact>
      )}
      {message.orderingKey && (
        <Fact name="Ordering key">
          <FactLink href={`/lanes${laneSearch({ sender: message.senderId, ordering: message.orderingKey })}`}>
            <SafeText>{message.orderingKey}</SafeText>
          </FactLink>
        </Fact>
      )}
      {message.afterFailure === "block" && (
        <Fact name="If it fails">
          {message.skippedAt ? "skipped: the others went on" : "those behind it wait"}
        </Fact>
      )}
      <Fact name="Attempts">
        {message.attemptCount} of {message.maxAttempts}
      </Fact>
      <Fact name="Sends">
        {sends.count}
        {sends.rollbacks > 0 && `, ${sends.rollbacks} rolled back`}
      </Fact>
      {sends.lastErrorCode && (
        <Fact name="Last send error">
          <code>{sends.lastErrorCode}</code>
        </Fact>
      )}
      <TimeFact name="Accepted" at={message.createdAt} />
      <TimeFact name="Deliver at" at={message.deliverAt} />
      <TimeFact name="Deliver by" at={message.deliverBy} />
      <TimeFact name="Rolled back" at={message.rolledBackAt} />
      <TimeFact name="Next attempt" at={message.nextAttemptAt} />
      <TimeFact name="Due" at={message.dueAt} />
      <TimeFact name="Finished" at={message.finishedAt} />
      <TimeFact name="Resolved" at={message.resolvedAt} />
      {message.idempotencyKey && (
        <Fact name="Idempotency key">
          <Copyable text={message.idempotencyKey} what="idempotency key" />
        </Fact>
      )}
      <Fact name="Correlation id">
        <Copyable text={message.correlationId} what="correlation id" />
      </Fact>
      <PairsFact name="Metadata" pairs={message.metadata} />
    </FactPanel>
  );
}
