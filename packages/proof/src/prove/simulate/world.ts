/** What the parts of a simulation see of it: each is given this, and none knows how the whole is put together. */
import type { AcceptDependencies } from "@homing/core/accept/accept";
import type { Clock } from "@homing/core/clock";
import type { WorkerDependencies } from "@homing/core/delivery/handle-record";
import type { OutgoingRequest } from "@homing/core/delivery/http-client";
import type { EndpointReader } from "@homing/core/endpoint/endpoint-reader";
import type { EndpointStore } from "@homing/core/endpoint/endpoint-store";
import type { GatePolicy } from "@homing/core/endpoint/gate";
import type { AcceptEventDependencies } from "@homing/core/event/accept-event";
import type { EventStore } from "@homing/core/event/event-store";
import type { LaneStore } from "@homing/core/lane/lane-store";
import type { ReceivedCopy } from "@homing/core/queue/memory-message-queue";
import type { QueueRecord } from "@homing/core/queue/queue-record";
import type { Settings } from "@homing/core/settings";
import type { MessageStore } from "@homing/core/store/message-store";
import type { EndpointMemory } from "./endpoint-memory.ts";
import type { IncidentPlan } from "./incident.ts";
import type { Ledger, RequestFact } from "./ledger.ts";
import type { Mutant, Role, SenderSource } from "./mutant.ts";
import type { Network, Process, ProcessEnd } from "./process.ts";
import type { ProcessClock } from "./process-clock.ts";
import type { Schedule, Setup } from "./schedule.ts";
import type { Scheduler } from "./scheduler.ts";
import type { InnerQueue } from "./simulated-queue.ts";
import type { StepwiseEndpoints } from "./stepwise-endpoints.ts";
import type { Surroundings } from "./storage-call.ts";

export interface Backend {
  readonly store: MessageStore;
  readonly events: EventStore;
  readonly endpoints: StepwiseEndpoints;
  readonly lanes: LaneStore;
  readonly queue: InnerQueue;
  /** What processes of a newer version use instead: every other process is one, if there is such a version. */
  readonly next?: Pick<Backend, "store" | "events" | "endpoints" | "lanes" | "queue">;
  /** What the backend itself noticed; asked once nothing is left to happen. */
  readonly audit?: () => Promise<string | undefined>;
}

/** Makes an empty backend that lives in simulated time. */
export type MakeBackend = (
  clock: Pick<Clock, "now">,
  setup: Pick<Setup, "linePlaces">,
) => Backend | Promise<Backend>;

/** All that the core's functions need but for HTTP. */
export type Dependencies = AcceptDependencies &
  AcceptEventDependencies & {
    settings: Settings;
    random: () => number;
    endpoints: EndpointStore;
    endpointReader: EndpointReader;
    health: WorkerDependencies["health"];
    gatePolicy: GatePolicy;
  };

/** Who is told of what the ledger alone does not show. */
export interface Hooks {
  readonly onRequest: (fact: RequestFact, request: OutgoingRequest) => void;
  /** A worker is ended before it has answered for its records. */
  readonly onCutOff: (process: Process) => void;
  readonly onDeadLetter: (process: Process, record: ReceivedCopy) => void;
  /** A process wants to mark a message QUEUED. */
  readonly onEnqueue: (process: Process, messageId: string) => void;
  /** A process is about to write a transition of a message or of an event. */
  readonly onApply: (process: Process, id: string) => void;
  /** A worker has done with a record and is about to delete it; `revision` is the message's at its receipt. */
  readonly onDelete: (process: Process, record: ReceivedCopy, revision: number) => void;
}

export interface World extends Network, Surroundings {
  readonly schedule: Schedule;
  readonly scheduler: Scheduler;
  readonly ledger: Ledger;
  readonly plan: IncidentPlan;
  readonly backend: Backend;
  readonly mutant: Mutant | undefined;
  readonly hooks: Hooks;
  readonly senders: SenderSource;
  /** Of a process that begins now. */
  newClock(): ProcessClock;
  /** Of an environment that begins now. */
  newEndpointMemory(clock: ProcessClock): EndpointMemory;
  /** Runs `main` as a process of its own, with a clock of its own unless it is one invocation of something older. */
  spawn(
    role: Role,
    main: (process: Process) => Promise<void>,
    onEnd?: (end: ProcessEnd) => void,
    clock?: ProcessClock,
  ): Process;
  /** What the core needs, as this process sees it, which remembers what its environment does. */
  dependencies(process: Process, records?: readonly QueueRecord[], memory?: EndpointMemory): Dependencies;
  startReconciler(name: string): void;
  /** Lets the dead-letter consumer look soon, and again while records are left that it may yet take. */
  armDeadLetters(): void;
}
