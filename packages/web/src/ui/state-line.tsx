import type { MessageItem } from "../api/types.ts";
import { describeState } from "./describe-state.ts";
import { Countdown } from "./time.tsx";

/** What a message's state means, with a countdown to what comes next. */
export function StateLine({ item }: { readonly item: MessageItem }) {
  const { text, until, why } = describeState(item);
  return (
    <>
      {text}
      {until && (
        <>
          {" in "}
          <Countdown to={until} after="a moment" />
        </>
      )}
      {why && ` · ${why}`}
    </>
  );
}
