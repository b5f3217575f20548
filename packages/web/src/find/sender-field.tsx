import { useAccess } from "../access/access.ts";
import { FilterField } from "./filter-field.tsx";

/** Whose; nothing for a key that sees one sender, who need not be asked for. */
export function SenderField(props: {
  readonly value: string | undefined;
  readonly onApply: (sender: string | undefined) => void;
}) {
  if (useAccess().senderId !== "*") return null;
  return <FilterField label="Sender" suggests="senders" {...props} />;
}
