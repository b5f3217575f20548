import { Button } from "../ui/button.tsx";
import { Empty } from "../ui/notice.tsx";
import { type Filter, isNarrowed, TAB_NAMES } from "./filter.ts";

interface EmptyListProps {
  readonly filter: Filter;
  readonly onChange: (next: Filter) => void;
}

/** Nothing to show, and why: good news, a filter that matches nothing, or a key nobody used. */
export function EmptyList({ filter, onChange }: EmptyListProps) {
  const clear = <Button onClick={() => onChange({ tab: filter.tab })}>Clear the filters</Button>;
  if (filter.key) {
    return (
      <Empty title="No message has this idempotency key" action={clear}>
        Either it was never used{filter.sender ? " by this sender" : ""}, or its message has expired.
      </Empty>
    );
  }
  if (isNarrowed(filter)) {
    return (
      <Empty title="No message matches" action={clear}>
        Nothing here has all that the filters ask for.
      </Empty>
    );
  }
  switch (filter.tab) {
    case "attention":
      return (
        <Empty title="Nothing needs attention">No message has failed, and none waits for the queue.</Empty>
      );
    case "all":
      return <Empty title="No messages yet">They appear here as soon as a producer sends one.</Empty>;
    default:
      return <Empty title={`No message is ${TAB_NAMES[filter.tab].toLowerCase()}`} />;
  }
}
