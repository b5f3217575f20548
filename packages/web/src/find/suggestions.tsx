import { useQuery } from "@tanstack/react-query";
import { fetchPage } from "../api/api.ts";
import { splitTarget } from "../messages/split-target.ts";

const LATEST = "100";
const FRESH_FOR_MS = 30_000;

interface SuggestionsProps {
  /** What the input's `list` names. */
  readonly id: string;
  /** True once somebody is about to type: until then nothing is asked. */
  readonly isWanted: boolean;
  readonly of: readonly ("senders" | "targets")[];
}

/** The senders and targets of the latest messages, for a field to complete what is typed. */
export function Suggestions({ id, isWanted, of }: SuggestionsProps) {
  const { data } = useQuery({
    queryKey: ["suggestions"],
    queryFn: async ({ signal }) => {
      const { items } = await fetchPage({ limit: LATEST }, signal);
      return {
        senders: [...new Set(items.map(({ senderId }) => senderId))].sort(),
        targets: [
          ...new Set(items.flatMap(({ targetUrl }) => targetUrl ?? []).map((url) => splitTarget(url).host)),
        ].sort(),
      };
    },
    enabled: isWanted,
    staleTime: FRESH_FOR_MS,
  });
  return (
    <datalist id={id}>
      {of.flatMap((kind) => (data?.[kind] ?? []).map((name) => <option key={kind + name} value={name} />))}
    </datalist>
  );
}
