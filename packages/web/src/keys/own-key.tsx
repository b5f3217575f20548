import { useQuery } from "@tanstack/react-query";
import { STAGE } from "../api/client.ts";
import { fetchOwnKey } from "../api/keys.ts";
import { Fact, FactPanel, WordsFact } from "../ui/facts.tsx";
import { SafeText } from "../ui/safe-text.tsx";
import { Time } from "../ui/time.tsx";
import { senderName } from "./describe-key.ts";

/** Who is signed in here, where, and what they may do. */
export function OwnKey() {
  const { data } = useQuery({
    queryKey: ["own-key"],
    queryFn: ({ signal }) => fetchOwnKey(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!data) return null;
  const { keyId, name, senderId, scopes, expiresAt } = data;
  return (
    <FactPanel title="You are signed in with">
      {name && (
        <Fact name="Name">
          <SafeText>{name}</SafeText>
        </Fact>
      )}
      <Fact name="Key">{keyId === "operator" ? "The operator key" : <code>{keyId}</code>}</Fact>
      <Fact name="Speaks for">
        <SafeText>{senderName(senderId)}</SafeText>
      </Fact>
      <WordsFact name="May" words={scopes} />
      <Fact name="Stage">{STAGE}</Fact>
      {expiresAt && (
        <Fact name="Expires">
          <Time at={expiresAt} />
        </Fact>
      )}
    </FactPanel>
  );
}
