import type { Message } from "../api/types.ts";
import { describeAhead } from "../lanes/describe-lane.ts";
import { FactLink } from "../ui/facts.tsx";

/** For whom a message waits, with the way there. */
export function WaitsForTurn({ of }: { readonly of: NonNullable<Message["waitsFor"]> }) {
  return (
    <>
      Waits for its turn: {describeAhead(of)}{" "}
      <FactLink href={`/messages/${of.messageId}`}>{of.messageId}</FactLink>
    </>
  );
}
