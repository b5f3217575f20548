import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { useLocation, useSearch } from "wouter";

/** Where each address was left, for going back to it. */
const positions = new Map<string, number>();
let isGoingBack = false;
addEventListener("popstate", () => {
  isGoingBack = true;
});
// The browser would restore it before the list is there to be scrolled.
history.scrollRestoration = "manual";

/**
 * A new screen starts at its top, with the focus at its beginning, as a page would; going back returns to
 * where the reader was. Another filter of the same screen moves nothing but the scroll position.
 */
export function useScrollMemory(main: RefObject<HTMLElement | null>): void {
  const [path] = useLocation();
  const search = useSearch();
  const address = path + search;
  const isFirst = useRef(true);

  useLayoutEffect(() => {
    scrollTo({ top: isGoingBack ? (positions.get(address) ?? 0) : 0 });
    const remember = () => positions.set(address, scrollY);
    addEventListener("scroll", remember, { passive: true });
    return () => removeEventListener("scroll", remember);
  }, [address]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path is a new screen
  useEffect(() => {
    if (!isFirst.current && !isGoingBack) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
    isGoingBack = false;
  }, [path, main]);
}
