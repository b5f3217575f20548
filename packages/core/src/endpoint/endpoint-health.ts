/**
 * The health of endpoints, as workers see it. A healthy endpoint costs no write: each process remembers what has failed
 * since the last success that it has seen, tells of it once that has lasted, and clears what was told at the first success.
 */
import { type Clock, elapsedMs, type Moment, momentOf } from "../clock.ts";
import { DAY, MINUTE } from "../duration.ts";
import type { Observer } from "../observe/observe.ts";
import type { Settings } from "../settings.ts";
import type { MessageStore } from "../store/message-store.ts";
import type { Endpoint, LastFailure } from "./endpoint.ts";
import { failing, recovered, setState } from "./endpoint-change.ts";
import type { EndpointOwner, EndpointStore } from "./endpoint-store.ts";
import type { KnownEndpoint } from "./known-endpoint.ts";

/** Failures are told of once they have lasted so long, and then not more often. */
export const TOLD_EVERY_MS = MINUTE;
/** Fewer say nothing, however long they have gone on: an endpoint may get an event a week. */
const FEWEST_FAILURES = 20;
/** Messages of the endpoint that are looked at before it is disabled: others may have seen one succeed. */
const LAST_LOOK = 100;
const MOST_REMEMBERED = 10_000;

export interface HealthDependencies {
  readonly endpoints: Pick<EndpointStore, "get" | "change">;
  readonly store: Pick<MessageStore, "list" | "getMany">;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly newToken: () => string;
  readonly settings: Pick<Settings, "endpointDisableAfterMs">;
}

interface Untold {
  readonly since: number;
  readonly sinceMoment: Moment;
  toldMoment?: Moment;
  count: number;
}

/** One for each process. Neither of its methods rejects: an attempt has ended, whatever is known of its endpoint. */
export class EndpointHealth {
  readonly #deps: HealthDependencies;
  readonly #failing = new Map<string, Untold>();

  constructor(deps: HealthDependencies) {
    this.#deps = deps;
  }

  /** An attempt has failed, at whatever. */
  async failed(owner: EndpointOwner, failure: LastFailure): Promise<void> {
    const { clock } = this.#deps;
    const { endpointId } = owner;
    const untold = this.#failing.get(endpointId) ?? {
      since: failure.at,
      sinceMoment: momentOf(clock),
      count: 0,
    };
    untold.count += 1;
    this.#failing.delete(endpointId);
    this.#failing.set(endpointId, untold);
    // Whoever has been quiet for longest is forgotten first; others tell of it, or nobody sends there any more.
    for (const oldest of this.#failing.keys()) {
      if (this.#failing.size <= MOST_REMEMBERED) break;
      this.#failing.delete(oldest);
    }
    const isDue = elapsedMs(clock, untold.toldMoment ?? untold.sinceMoment) >= TOLD_EVERY_MS;
    if (!isDue) return;
    const { count } = untold;
    await this.#guarded(owner, "health_not_told", async () => {
      const told = await this.#tell(owner, { since: untold.since, count, failure });
      untold.count -= count;
      untold.toldMoment = momentOf(clock);
      if (told) await this.#disableIfHopeless(told);
    });
  }

  /** An attempt has succeeded. `known`: what the attempt was made by. */
  async succeeded(
    owner: EndpointOwner,
    { failingSince }: Pick<KnownEndpoint, "failingSince">,
  ): Promise<void> {
    const untold = this.#failing.get(owner.endpointId);
    this.#failing.delete(owner.endpointId);
    if (failingSince === undefined && untold?.toldMoment === undefined) return;
    await this.#guarded(owner, "recovery_not_told", async () => {
      const { endpoints, clock, newToken } = this.#deps;
      const endpoint = await endpoints.get(owner.senderId, owner.endpointId);
      const change = endpoint && recovered(endpoint, { now: clock.now(), token: newToken() });
      if (!endpoint || !change || !(await endpoints.change(endpoint, change))) return;
      this.#deps.observer.log.write("info", "endpoint_recovered", { ...owner });
    });
  }

  async #tell(
    { senderId, endpointId }: EndpointOwner,
    told: { readonly since: number; readonly count: number; readonly failure: LastFailure },
  ): Promise<Endpoint | undefined> {
    const { endpoints, clock, newToken, observer } = this.#deps;
    const endpoint = await endpoints.get(senderId, endpointId);
    if (!endpoint || endpoint.state === "DELETED") return undefined;
    const isNew = endpoint.failingSince === undefined;
    const occasion = { now: clock.now(), token: newToken() };
    // Somebody else has changed it meanwhile: told in a minute.
    const changed = await endpoints.change(endpoint, failing(endpoint, told, occasion));
    if (changed && isNew) {
      const { responseStatus, errorCode } = told.failure;
      observer.log.write("warn", "endpoint_failing", { senderId, endpointId, responseStatus, errorCode });
    }
    return changed;
  }

  /** Under the revision that was read before the last look: a success that was told meanwhile keeps it. */
  async #disableIfHopeless(endpoint: Endpoint): Promise<void> {
    const { endpoints, store, clock, newToken, observer, settings } = this.#deps;
    const { senderId, endpointId, state, failingSince, failures = 0, lastFailure } = endpoint;
    const now = clock.now();
    const { endpointDisableAfterMs } = settings;
    if (
      endpointDisableAfterMs === undefined ||
      state !== "ACTIVE" ||
      failingSince === undefined ||
      now - failingSince < endpointDisableAfterMs ||
      failures < FEWEST_FAILURES ||
      now - (lastFailure?.at ?? 0) >= DAY
    )
      return;
    const rows = await store.list({ groups: [], endpointId, limit: LAST_LOOK });
    const newest = await store.getMany(rows.map(({ messageId }) => messageId));
    if (newest.some(({ status, finishedAt = 0 }) => status === "COMPLETED" && finishedAt >= failingSince))
      return;
    const change = setState(endpoint, "DISABLED", "FAILING", { now, token: newToken() });
    if (change === undefined || !(await endpoints.change(endpoint, change))) return;
    observer.metrics.add("EndpointsDisabled", 1, { reason: "FAILING" });
    observer.log.write("warn", "endpoint_disabled", { senderId, endpointId, reason: "FAILING" });
  }

  async #guarded(owner: EndpointOwner, event: string, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#deps.observer.log.write("warn", event, { ...owner }, error);
    }
  }
}
