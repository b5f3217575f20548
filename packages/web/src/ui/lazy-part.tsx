/** Parts of the dashboard that are loaded when they are needed, from a server that may be away just then. */
import { useQuery } from "@tanstack/react-query";
import type { ComponentType, ReactNode } from "react";
import { PART } from "../api/queries.ts";
import { Button } from "./button.tsx";
import { Contained } from "./contained.tsx";
import { Notice } from "./notice.tsx";

const FIRST_PAUSE_MS = 500;
/** The files are small, and whoever waits for one sees nothing. */
const LONGEST_PAUSE_MS = 4_000;
/** One lost answer is nothing to talk about. */
const FAILURES_WORTH_A_NOTICE = 2;

/**
 * A component whose code comes on demand. What cannot be loaded is tried again until it can: it says so
 * meanwhile, and offers to load the whole page anew, which helps where a newer dashboard has taken this one's
 * place. `what` names it, as in "The charts".
 */
export function lazyPart<Props extends object>(
  what: string,
  load: () => Promise<ComponentType<Props>>,
  placeholder: ReactNode = null,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  const part = {
    queryKey: [PART, what],
    queryFn: async () => {
      loaded = await load();
      return true;
    },
    retry: true,
    retryDelay: (failures: number) => Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  };
  return function LazyPart(props: Props) {
    // Reading `data` is what renders this anew once it has come.
    const { data: _, failureCount } = useQuery({ ...part, enabled: loaded === undefined });
    const Loaded = loaded;
    if (Loaded) {
      return (
        <Contained what={what}>
          <Loaded {...props} />
        </Contained>
      );
    }
    if (failureCount < FAILURES_WORTH_A_NOTICE) return placeholder;
    return (
      <Notice
        tone="bad"
        action={
          <Button small onClick={() => location.reload()}>
            Reload
          </Button>
        }
      >
        {what} could not be loaded: Homing does not answer, or it was updated while this page was open. Trying
        again by itself.
      </Notice>
    );
  };
}
