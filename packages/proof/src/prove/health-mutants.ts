/** The mutants of endpoints that are watched: one rule taken out of each. */
import type { EndpointChange } from "@homing/core/endpoint/endpoint-change";
import type { Mutant } from "./simulate/mutant.ts";
import { overriding, overridingEndpoints } from "./simulate/overriding.ts";

const isDisabling = ({ set }: EndpointChange) => set.state === "DISABLED" && set.stateReason === "FAILING";

export const HEALTH_MUTANTS: readonly Mutant[] = [
  {
    name: "disabling's failingSince",
    removes: "an endpoint is disabled although it has changed since it was read",
    endpoints: (endpoints) =>
      overridingEndpoints(endpoints, {
        change: async (read, made) => {
          const current = isDisabling(made) ? await endpoints.get(read.senderId, read.endpointId) : undefined;
          if (!current) return endpoints.change(read, made);
          const { revision } = current;
          const set = { ...made.set, revision: revision + 1 };
          return endpoints.change(current, { ...made, revision, set });
        },
      }),
  },
  {
    name: "last look",
    removes: "an endpoint is disabled without a look at its newest messages",
    store: (store) =>
      overriding(store, {
        list: async (query) => {
          const rows = await store.list(query);
          return query.endpointId === undefined ? rows : [];
        },
      }),
  },
  {
    name: "announced, then forgotten",
    removes: "what is to be announced is forgotten before its event is stored",
    endpoints: (endpoints) =>
      overridingEndpoints(endpoints, {
        // As the reconciler reads it: it forgets what it has read before it sends that.
        get: async (senderId, endpointId) => {
          const endpoint = await endpoints.get(senderId, endpointId);
          if (endpoint?.announce === undefined) return endpoint;
          const { revision, updatedAt, writeId, draining } = endpoint;
          await endpoints.change(endpoint, {
            quiet: true,
            revision,
            set: { revision: revision + 1, updatedAt, writeId: `${writeId}-forgotten` },
            remove: draining ? ["announce"] : ["announce", "dueAt"],
          });
          return endpoint;
        },
      }),
  },
  {
    name: "announced in the same write",
    removes: "an endpoint is disabled first, and that this is to be announced is written after it",
    endpoints: (endpoints) =>
      overridingEndpoints(endpoints, {
        change: (read, made) => {
          if (!isDisabling(made)) return endpoints.change(read, made);
          const { announce: _, dueAt: __, ...set } = made.set;
          return endpoints.change(read, { ...made, set });
        },
      }),
  },
  {
    name: "one event a change",
    removes: "each time that an announcement is sent it is another event",
    endpoints: (endpoints) =>
      overridingEndpoints(endpoints, {
        get: async (senderId, endpointId) => {
          const endpoint = await endpoints.get(senderId, endpointId);
          if (endpoint?.announce === undefined) return endpoint;
          const announce = endpoint.announce.map((one) => ({ ...one, at: one.at + endpoint.revision }));
          return { ...endpoint, announce };
        },
      }),
  },
];
