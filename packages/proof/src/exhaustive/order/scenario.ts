/** Who takes part in a lane, what may befall them, and how much of it the model holds. Messages are numbers from 0. */
export interface Scenario {
  /** The calls of each producer, in order: of one message, or of a batch of two. */
  readonly producers: readonly (readonly Call[])[];
  readonly messages: number;
  readonly workers: number;
  readonly reconcilers: number;
  /** Messages that an operator cancels, retries (or sends now), skips: each once. */
  readonly cancels: readonly number[];
  readonly manualRetries: readonly number[];
  readonly skips: readonly number[];
  /** Messages with `afterFailure: "block"`. */
  readonly blocking: readonly number[];

  /** Of all together. */
  readonly faults: number;
  /** Times at which a dueAt or a lease passes although something else could go on. */
  readonly lateEvents: number;
  /** Copies that come back while they are in a worker's hands. */
  readonly redeliveries: number;
  // kinds of faults
  readonly crashes: boolean;
  /** An effect whose answer is lost: the caller gives up, or repeats its call. */
  readonly losesAnswers: boolean;
  readonly repeats: boolean;
  readonly sendsFail: boolean;
  readonly doublesCopies: boolean;
  readonly deadLetters: boolean;

  /** The target may answer so that the attempt is repeated, or that it was the last. */
  readonly retryable: boolean;
  readonly permanent: boolean;
  /** Of one round. */
  readonly attempts: number;
  /** Sending may be given up; a wait for a turn may end by itself. */
  readonly sendingEnds: boolean;
  readonly waitsEnd: boolean;

  // capacities
  readonly queue: number;
  readonly line: number;
  readonly segment: number;
  readonly segments: number;

  // what is checked beyond the order
  /** At most one message is released and unfinished. */
  readonly checksOneReleased: boolean;
  /** No request leaves while its message is not being delivered. */
  readonly checksLateRequests: boolean;
  /** No request leaves a second time without a reason. */
  readonly checksRequests: boolean;

  /** Words of the steps with which every run begins. */
  readonly prefix: readonly string[];
}

export type Call = number | readonly [number, number];

export const SMALL: Scenario = {
  producers: [[0], [1]],
  messages: 2,
  workers: 1,
  reconcilers: 1,
  cancels: [],
  manualRetries: [],
  skips: [],
  blocking: [],
  faults: 0,
  lateEvents: 0,
  redeliveries: 0,
  crashes: true,
  losesAnswers: true,
  repeats: true,
  sendsFail: true,
  doublesCopies: false,
  deadLetters: false,
  retryable: false,
  permanent: false,
  attempts: 1,
  sendingEnds: false,
  waitsEnd: false,
  queue: 2,
  line: 2,
  segment: 2,
  segments: 3,
  checksOneReleased: true,
  checksLateRequests: true,
  checksRequests: false,
  prefix: [],
};

export function isBatch(call: Call | undefined): call is readonly [number, number] {
  return typeof call === "object";
}

/** Who takes part, in the order in which their steps are taken. */
export interface Participant {
  readonly kind: "producer" | "cancel" | "manualRetry" | "skip" | "worker" | "reconciler" | "deadLetter";
  readonly name: string;
  readonly calls: readonly Call[];
}

export function participants(scenario: Scenario): readonly Participant[] {
  const { producers, cancels, manualRetries, skips, workers, reconcilers, deadLetters } = scenario;
  const operators = (kind: Participant["kind"], messages: readonly number[]): Participant[] =>
    messages.map((message) => ({ kind, name: `operator (${kind} of m${message})`, calls: [message] }));
  const several = (kind: Participant["kind"], count: number): Participant[] =>
    Array.from({ length: count }, (_, index) => ({ kind, name: `${kind} ${index + 1}`, calls: [] }));
  return [
    ...producers.map(
      (calls, index): Participant => ({ kind: "producer", name: `producer ${index + 1}`, calls }),
    ),
    ...operators("cancel", cancels),
    ...operators("manualRetry", manualRetries),
    ...operators("skip", skips),
    ...several("worker", workers),
    ...several("reconciler", reconcilers),
    ...(deadLetters ? [{ kind: "deadLetter", name: "dead-letter consumer", calls: [] } as const] : []),
  ];
}
