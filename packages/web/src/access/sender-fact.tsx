import { Fact, FactLink } from "../ui/facts.tsx";
import { useAccess } from "./access.ts";

/** Whose it is, with the way to the rest of it; nothing for a key that sees one sender. */
export function SenderFact({ senderId, href }: { readonly senderId: string; readonly href: string }) {
  if (useAccess().senderId !== "*") return null;
  return (
    <Fact name="Sender">
      <FactLink href={href}>{senderId}</FactLink>
    </Fact>
  );
}
