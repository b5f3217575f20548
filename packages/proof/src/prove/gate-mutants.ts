/** The mutants of endpoints that hold because they fail: one rule taken out of each. */
import { MINUTE } from "@homing/core/duration";
import type { EndpointChange } from "@homing/core/endpoint/endpoint-change";
import type { Message } from "@homing/core/message/message";
import type { Transition } from "@homing/core/message/transition";
import type { Mutant, Role } from "./simulate/mutant.ts";
import { overriding, overridingEndpoints } from "./simulate/overriding.ts";

const isSetting = ({ set }: EndpointChange) => set.gate?.probes === 0 && set.failures !== undefined;
const isLifting = ({ set }: EndpointChange) => set.gateLiftedAt !== undefined;
const isProbing = ({ set }: EndpointChange) => set.gate !== undefined && set.failures === undefined;

/** Changes that are written over whatever the endpoint has become since it was read. */
function regardless(of: (made: EndpointChange) => boolean): NonNullable<Mutant["endpoints"]> {
  return (endpoints) =>
    overridingEndpoints(endpoints, {
      change: async (read, made) => {
        const current = of(made) ? await endpoints.get(read.senderId, read.endpointId) : undefined;
        if (!current) return endpoints.change(read, made);
        const { revision } = current;
        const set = { ...made.set, revision: revision + 1 };
        return endpoints.change(current, { ...made, revision, set });
      },
    });
}

function changing(
  of: (made: EndpointChange) => boolean,
  change: (made: EndpointChange) => EndpointChange,
): NonNullable<Mutant["endpoints"]> {
  return (endpoints) =>
    overridingEndpoints(endpoints, {
      change: (read, made) => endpoints.change(read, of(made) ? change(made) : made),
    });
}

function writing(name: string, change: (made: Transition) => Transition): NonNullable<Mutant["store"]> {
  return (store) =>
    overriding(store, {
      apply: (messageId, made, withinMs) =>
        store.apply(messageId, made.name === name ? change(made) : made, withinMs),
    });
}

/** Messages as the reconciler, or another, reads them. */
function reading(
  change: (message: Message, now: number) => Message,
  reader: Role = "reconciler",
): NonNullable<Mutant["store"]> {
  return (store, { role, now }) =>
    role !== reader
      ? store
      : overriding(store, {
          getMany: async (ids) => (await store.getMany(ids)).map((message) => change(message, now())),
        });
}

export const GATE_MUTANTS: readonly Mutant[] = [
  {
    name: "gate's revision",
    removes: "an endpoint holds because it fails although it has changed since it was read",
    endpoints: regardless(isSetting),
  },
  {
    name: "a success releases",
    removes: "once an endpoint no longer holds nobody releases what it held",
    endpoints: changing(isLifting, ({ set: { draining: _, dueAt: __, ...set }, remove, ...made }) => ({
      ...made,
      set,
      remove: [...remove, "dueAt"],
    })),
  },
  {
    name: "probe's revision",
    removes: "a reconciler tries an endpoint although another has done so since it read it",
    endpoints: regardless(isProbing),
  },
  {
    name: "one probe at a time",
    removes: "another message is tried while the last one is still under way",
    endpoints: (endpoints, { role }) =>
      role !== "reconciler"
        ? endpoints
        : overridingEndpoints(endpoints, {
            get: async (...parts) => {
              const endpoint = await endpoints.get(...parts);
              if (!endpoint?.gate) return endpoint;
              const { probe: _, ...gate } = endpoint.gate;
              return { ...endpoint, gate };
            },
          }),
  },
  {
    name: "a dead probe",
    removes: "a probe whose worker has died counts as under way for ever",
    // As long as nobody looks at it for itself.
    store: reading((message, now) =>
      message.status === "PROCESSING" && (message.dueAt ?? 0) > now + 2 * MINUTE
        ? { ...message, leaseUntil: Number.MAX_SAFE_INTEGER }
        : message,
    ),
  },
  {
    name: "the next probe",
    removes: "the time of the next probe is not written with the probe",
    endpoints: changing(isProbing, ({ set: { dueAt: _, ...set }, remove, ...made }) => ({
      ...made,
      set,
      remove: [...remove, "dueAt"],
    })),
  },
  {
    name: "probe's own time",
    removes: "a message is tried again before its schedule says so",
    store: reading((message) => {
      const { notBefore: _, ...free } = message;
      return message.pendingReason === "ENDPOINT_FAILING" ? free : message;
    }),
  },
  {
    name: "held is held",
    removes: "what is held because its endpoint fails is sent at once with what waits for another attempt",
    store: reading(
      (message) =>
        message.pendingReason === "ENDPOINT_FAILING" ? { ...message, pendingReason: "RETRY" } : message,
      "operator",
    ),
  },
  {
    name: "the oldest is tried",
    removes: "the youngest that is held is tried",
    store: (store, { role }) =>
      role !== "reconciler"
        ? store
        : overriding(store, {
            listHeld: async (endpointId, limit, after) =>
              after ? [] : (await store.listHeld(endpointId, 1_000)).toReversed().slice(0, limit),
          }),
  },
  {
    name: "failed probe's wait",
    removes: "a probe that failed forgets its schedule",
    store: writing("holdFailed", ({ set: { notBefore: _, ...set }, ...made }) => ({ ...made, set })),
  },
  {
    name: "paused, then no gate",
    removes: "an endpoint that is paused and activated holds because it failed before",
    endpoints: changing(
      ({ set }) => set.state !== undefined,
      ({ remove, ...made }) => ({ ...made, remove: remove.filter((name) => name !== "gate") }),
    ),
  },
  {
    name: "hold for failing",
    removes: "a message that is held because its endpoint fails loses an attempt",
    store: (store, { ledger }) =>
      overriding(store, {
        apply: (messageId, made, withinMs) => {
          const counts = made.name === "hold" && made.set.pendingReason === "ENDPOINT_FAILING";
          const attempt = (ledger.state(messageId)?.attempt ?? 0) + 1;
          return store.apply(messageId, counts ? { ...made, set: { ...made.set, attempt } } : made, withinMs);
        },
      }),
  },
  {
    name: "held behind the gate",
    removes: "deliveries go to an endpoint that holds because it fails",
    endpointReader: (reader) => ({
      read: async (...parts) => withoutGate(await reader.read(...parts)),
      readNow: async (...parts) => withoutGate(await reader.readNow(...parts)),
    }),
  },
];

/** Of endpoints that are limited besides: what is held by the gate is not in the line of slots, and a probe is. */
export const PACED_GATE_MUTANTS: readonly Mutant[] = [
  {
    name: "held without a slot",
    removes: "what is held because its endpoint fails keeps the slot that it had",
    store: writing("hold", ({ remove, ...made }) => ({
      ...made,
      remove: remove.filter((name) => name !== "slotAt"),
    })),
  },
  {
    name: "a probe's slot",
    removes: "a probe goes without a slot",
    store: (store, { ledger }) =>
      overriding(store, {
        apply: (messageId, made, withinMs) => {
          const isProbe = ledger.fanOut.endpoints().some(({ gate }) => gate?.probe?.messageId === messageId);
          const { slotAt: _, notBefore: __, ...set } = made.set;
          return store.apply(
            messageId,
            isProbe && made.name === "enqueue" ? { ...made, set } : made,
            withinMs,
          );
        },
      }),
  },
  {
    name: "a probe that waits",
    removes: "a probe that waits for its slot counts as none, and another is tried",
    store: reading((message) =>
      message.pendingReason === "THROTTLED" ? { ...message, pendingReason: "ENDPOINT_FAILING" } : message,
    ),
  },
  {
    name: "paced when released",
    removes: "what is released once its endpoint is well again is not paced",
    endpoints: (endpoints, { role }) =>
      role !== "reconciler"
        ? endpoints
        : overridingEndpoints(endpoints, {
            get: async (...parts) => {
              const endpoint = await endpoints.get(...parts);
              if (!endpoint?.draining) return endpoint;
              const { rateLimit: _, ...unlimited } = endpoint;
              return unlimited;
            },
          }),
  },
];

function withoutGate<T extends { readonly gate?: unknown }>(known: T | undefined): T | undefined {
  if (!known) return undefined;
  const { gate: _, ...rest } = known;
  return rest as T;
}
