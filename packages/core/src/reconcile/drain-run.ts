/** A run of the reconciler, as those see it who look after endpoints. */
import type { Clock } from "../clock.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import type { EndpointOwner, EndpointStore } from "../endpoint/endpoint-store.ts";
import type { GatePolicy } from "../endpoint/gate.ts";
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import type { Message } from "../message/message.ts";
import type { Observer } from "../observe/observe.ts";
import type { Settings } from "../settings.ts";
import type { MessageStore } from "../store/message-store.ts";

export interface DrainDependencies {
  readonly endpoints: Pick<EndpointStore, "due" | "get" | "change">;
  readonly store: Pick<MessageStore, "listHeld" | "getMany">;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly newToken: () => string;
  readonly settings: Pick<Settings, "failingGate">;
  /** Another than `GATE_POLICY` only in a simulation. */
  readonly gatePolicy?: GatePolicy;
}

export interface DrainRun {
  readonly deps: DrainDependencies;
  readonly correlationId: string;
  /** Messages an endpoint may be given. */
  readonly perEndpoint: number;
  readonly isOver: () => boolean;
  /** One that the storage refuses must not stop the others. */
  readonly guarded: <T>(endpoint: EndpointOwner, step: () => Promise<T>) => Promise<T | undefined>;
  /** Sends what the endpoint has to announce. */
  readonly announce: (endpoint: Endpoint) => Promise<void>;
  /** Releases or ends them, by the state that the endpoint was just read in. */
  readonly push: (held: readonly Message[], endpoint: KnownEndpoint) => Promise<void>;
}
