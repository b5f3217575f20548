/**
 * Endpoints that were activated, disabled or deleted after they had held messages, or are well again: these are released
 * or ended here, the oldest first, every endpoint in turn; and with them what an endpoint that was activated had put off
 * until its slot, which is given another. Of those that fail and hold one is let through now and then
 * (`probe-endpoint.ts`). Nothing else looks at held messages but once a week each.
 */
import { SECOND } from "../duration.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import { drained, roundsToRepace } from "../endpoint/endpoint-change.ts";
import type { EndpointOwner } from "../endpoint/endpoint-store.ts";
import { knownEndpoint } from "../endpoint/known-endpoint.ts";
import type { IndexRow } from "../store/message-store.ts";
import type { DrainRun } from "./drain-run.ts";
import { probeEndpoint } from "./probe-endpoint.ts";
import { readHeldMessages } from "./read-held.ts";

/** What an endpoint is given after it was activated: that it was paused is no reason to flood it. */
const RELEASES_PER_SECOND = 100;
/** Runs that follow each other this closely keep to the rate. */
export const RELEASE_INTERVAL_MS = 5 * SECOND;
export const RELEASES_PER_RUN = releasesIn(RELEASE_INTERVAL_MS);

/** What one run may give an endpoint if one begins every so many milliseconds. */
export function releasesIn(intervalMs: number): number {
  return Math.max(1, Math.floor((RELEASES_PER_SECOND * Math.min(intervalMs, RELEASE_INTERVAL_MS)) / SECOND));
}

/** Endpoints of one page, those of one run, and those worked at side by side. */
const PAGE = 100;
const MOST_ENDPOINTS = 10_000;
const SIDE_BY_SIDE = 4;
/** Of one endpoint, before it is the others' turn. */
const MESSAGES = 100;

/** Answers whether an endpoint has more than it may be given now. */
export async function drainDue(run: DrainRun): Promise<boolean> {
  return drainInTurns(run, await readDue(run));
}

/** All that are due, before any is worked at: who became due last must not wait until the others have nothing more. */
async function readDue(run: DrainRun): Promise<readonly EndpointOwner[]> {
  const { endpoints, clock } = run.deps;
  const until = clock.now();
  const due: EndpointOwner[] = [];
  let from: string | undefined;
  do {
    const page = await endpoints.due(until, PAGE, from);
    due.push(...page.endpoints);
    from = page.next;
  } while (from !== undefined && due.length < MOST_ENDPOINTS && !run.isOver());
  return due;
}

interface Turn {
  readonly owner: EndpointOwner;
  readonly left: number;
  readonly after?: IndexRow;
}

/** Each sender in turn, and of each its endpoints in turn: a thousand of one do not stand before another's only one. */
async function drainInTurns(run: DrainRun, owners: readonly EndpointOwner[]): Promise<boolean> {
  const turns = owners.map((owner): Turn => ({ owner, left: run.perEndpoint }));
  const waiting = [...Map.groupBy(turns, ({ owner }) => owner.senderId).values()];
  let hasMore = false;
  const work = async () => {
    for (let own = waiting.shift(); own !== undefined && !run.isOver(); own = waiting.shift()) {
      const turn = own.shift();
      if (turn === undefined) continue;
      if (own.length > 0) waiting.push(own);
      const next = await run.guarded(turn.owner, () => drainSome(run, turn));
      if (next && next.left > 0) {
        if (own.push(next) === 1) waiting.push(own);
      } else if (next) hasMore = true;
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return hasMore;
}

/** One look at what is held. Answers where to go on; undefined if there is nothing more for now. */
async function drainSome(run: DrainRun, { owner, left, after }: Turn): Promise<Turn | undefined> {
  const { endpoints, store, clock } = run.deps;
  // Before anything is read: whoever saw that the endpoint held and was still alive may hold a message after the look.
  const lookBeganAt = clock.now();
  const endpoint = await endpoints.get(owner.senderId, owner.endpointId);
  if (endpoint?.announce !== undefined && after === undefined) await run.announce(endpoint);
  if (endpoint?.gate && !endpoint.draining) {
    // What was announced has changed it.
    const current = endpoint.announce ? await endpoints.get(owner.senderId, owner.endpointId) : endpoint;
    if (current?.gate && !current.draining) await probeEndpoint(run, current, lookBeganAt);
    return undefined;
  }
  if (!endpoint?.draining || endpoint.state === "PAUSED") return undefined;
  const limit = Math.min(MESSAGES, left);
  const rounds = roundsToRepace(endpoint);
  const { rows, held } = await readHeldMessages(store, owner.endpointId, limit, after, rounds);
  const last = rows.at(-1);
  if (last === undefined) {
    // Only the first look has seen all that is held.
    if (after === undefined) await settleDrained(run, endpoint, lookBeganAt);
    return undefined;
  }
  await run.push(held, knownEndpoint(endpoint, lookBeganAt));
  return rows.length < limit ? undefined : { owner, left: left - rows.length, after: last };
}

/** Nothing is held. The endpoint stays due, unless that was sure to be the last of it. */
async function settleDrained(run: DrainRun, endpoint: Endpoint, lookBeganAt: number): Promise<void> {
  const { endpoints, clock, observer, newToken } = run.deps;
  const change = drained(endpoint, lookBeganAt, { now: clock.now(), token: newToken() });
  if (change === undefined || !(await endpoints.change(endpoint, change))) return;
  const { senderId, endpointId, state } = endpoint;
  const { correlationId } = run;
  observer.log.write("info", "endpoint_drained", { senderId, endpointId, state, correlationId });
}
