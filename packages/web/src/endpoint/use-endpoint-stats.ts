import { useQuery } from "@tanstack/react-query";
import { fetchEndpointStats } from "../api/endpoints.ts";
import type { Stats } from "../api/types.ts";

const EVERY_MS = 5_000;

/** What the events of the last 24 hours have come to at it; undefined until that is known. */
export function useEndpointStats(endpointId: string): Stats | undefined {
  const { data } = useQuery({
    queryKey: ["endpoint", endpointId, "stats"],
    queryFn: ({ signal }) => fetchEndpointStats(endpointId, signal),
    refetchInterval: EVERY_MS,
  });
  return data;
}
