/** A simulated process, and the one way a call leaves it: where time passes, others go first and faults strike. */
import type { Fault, Incident, IncidentPlan, Operation, Span } from "./incident.ts";
import type { Ledger } from "./ledger.ts";
import type { Role } from "./mutant.ts";
import type { ProcessClock } from "./process-clock.ts";
import type { Scheduler } from "./scheduler.ts";

/** What it takes to simulate calls. */
export interface Network {
  readonly scheduler: Scheduler;
  readonly ledger: Ledger;
  readonly plan: IncidentPlan;
}

/** `refused`: surely nothing happened. `answered`: by an error, whatever happened. `unanswered`: it may yet happen. */
export type Failure = "refused" | "answered" | "unanswered";

export interface Call<T> {
  readonly operation: Operation;
  readonly messageId: string | undefined;
  /** What the call does, when it does it; told of the fault it meets and of its span. */
  readonly effect: (fault: Fault | undefined, spanMs: number) => Promise<T>;
  /** How long the caller waits for an answer; then it is told of an error, whatever happens. */
  readonly withinMs?: number | undefined;
  /** What the caller is told. */
  readonly error: (failure: Failure) => Error;
  /** For the story: what came of it; undefined if it is not worth telling. */
  readonly tell?: (result: T) => string | undefined;
}

const HARMLESS_TO_A_PROCESS = new Set<Fault>([
  "repeated",
  "copyDoubled",
  "copyLate",
  "stale",
  "slow",
  "clockBack",
]);
const SLOW = new Set<Fault>(["repeated", "slow", "clockAhead", "clockBack"]);
/** Only a process that stands still can be ended before it has given its records back. */
const STANDING_STILL = new Set<Fault>(["stallsBefore", "stallsAfter", "freezesBefore", "freezesAfter"]);

/** How long the answer takes while which the clock is set: longer than a lease outlasts its request. */
const SETTING_MS = 1_500;

/** An environment whose process died is not used again. */
export type ProcessEnd = "ended" | "died";

/** One way there or back. */
export const LATENCY_MS = 1;

export class Process {
  readonly role: Role;
  readonly name: string;
  /** Its own, or of the environment that it is one invocation of. */
  readonly clock: ProcessClock;
  /** Every other process runs the newer version, where there are two. */
  readonly isNewer: boolean;
  readonly #network: Network;
  readonly #onEnd: (end: ProcessEnd) => void;
  /** What would go on, were the process not frozen. */
  readonly #onThaw: Array<() => void> = [];
  #alive = true;
  #killed = false;
  #stoodStill = false;

  constructor(
    network: Network,
    { role, number, clock }: { readonly role: Role; readonly number: number; readonly clock: ProcessClock },
    onEnd: (end: ProcessEnd) => void = () => {},
  ) {
    this.#network = network;
    this.role = role;
    this.name = `${role} ${number}`;
    this.isNewer = number % 2 === 1;
    this.clock = clock;
    this.#onEnd = onEnd;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Whether a fault explains that it ran out of time. */
  get stoodStill(): boolean {
    return this.#stoodStill;
  }

  /** Runs what the process is for. A rejection ends it, as it ends a function's invocation. */
  run(main: () => Promise<void>): void {
    main().then(
      () => this.#end("ends"),
      (error: unknown) => this.#end(`ends with ${String(error)}`),
    );
  }

  /** None of its continuations ever runs again. Calls that have left may still take effect. */
  die(): void {
    if (!this.#alive) return;
    this.tell("dies here");
    this.#alive = false;
    this.#onEnd("died");
  }

  /** With the one machine's process that it is part of: nothing that has not happened yet leaves it any more. */
  kill(): void {
    const { ledger, scheduler } = this.#network;
    ledger.strike({
      at: scheduler.now,
      process: this.name,
      operation: "receive",
      fault: "killed",
      excuses: true,
    });
    this.#killed = true;
    this.die();
  }

  tell(what: string): void {
    this.#network.ledger.tell(this.#network.scheduler.now, this.name, what);
  }

  /** Makes a call, which meets the incident planned for it, if any. */
  call<T>(call: Call<T>): Promise<T> {
    return this.callWith(this.incident(call.operation, call.messageId), call);
  }

  /** The incident planned for the call that is about to be made. */
  incident(operation: Operation, messageId: string | undefined): Incident | undefined {
    const { ledger, plan, scheduler } = this.#network;
    ledger.called(operation);
    const incident = plan.next(operation, ledger.messageOf(messageId));
    if (incident) {
      const { fault } = incident;
      if (STANDING_STILL.has(fault)) this.#stoodStill = true;
      if (fault === "clockAhead" || fault === "clockBack") this.#setClock(fault, incident.span.ms);
      ledger.strike({
        at: scheduler.now,
        process: this.name,
        operation,
        fault,
        excuses: !HARMLESS_TO_A_PROCESS.has(fault),
        slows: SLOW.has(fault) && incident.span.ms >= 1_000,
      });
    }
    return incident;
  }

  /** Makes a call that meets this incident. */
  callWith<T>(incident: Incident | undefined, call: Call<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#carryOut(call, incident, resolve, reject);
    });
  }

  /** Goes on after a span, if the process is still alive then, and once it is not frozen. */
  resume(span: Span, message: number, task: () => void): void {
    this.#wait(span, message, () => this.#goOn(task));
  }

  /** The whole process stands still, and its monotonic clock with it; then it goes on with `task`. */
  freeze(span: Span, message: number, task: () => void): void {
    this.tell("is frozen");
    this.clock.freeze();
    this.#wait(span, message, () => {
      this.clock.thaw();
      this.#goOn(task);
      if (this.clock.isFrozen) return;
      for (const waiting of this.#onThaw.splice(0)) this.resume({ ms: 0 }, message, waiting);
    });
  }

  #goOn(task: () => void): void {
    if (this.#alive && this.clock.isFrozen) this.#onThaw.push(task);
    else if (this.#alive) task();
  }

  #setClock(to: "clockAhead" | "clockBack", ms: number): void {
    this.tell(`its clock is set ${to === "clockAhead" ? "ahead" : "back"} by ${ms} ms`);
    this.clock.set(to === "clockAhead" ? ms : -ms);
  }

  #carryOut<T>(
    call: Call<T>,
    incident: Incident | undefined,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void {
    const message = this.#network.ledger.messageOf(call.messageId);
    const soon: Span = { ms: LATENCY_MS };
    const span = incident?.span ?? soon;
    const answer = (result: T): void => this.resume(soon, message, () => resolve(result));
    const fail = (failure: Failure): void =>
      this.resume(soon, message, () => {
        this.tell(`${call.operation}: told of an error (${failure})`);
        reject(call.error(failure));
      });
    const takeEffect = (wait: Span, note: string, then: (result: T) => void): void =>
      this.#wait(wait, message, async () => {
        if (this.#killed) return;
        try {
          const result = await call.effect(incident?.fault, span.ms);
          this.#tellEffect(call, result, note);
          then(result);
        } catch (error) {
          this.tell(`${call.operation}: ${String(error)}`);
          this.resume(soon, message, () => reject(error));
        }
      });

    // Only what is slow is bounded: a process that stands still does not look at its clock either.
    const tooSlow = call.withinMs !== undefined && span.ms > call.withinMs;
    const inTime = (result: T): void =>
      this.resume({ ms: tooSlow ? (call.withinMs ?? 0) : span.ms }, message, () => {
        if (tooSlow) reject(call.error("unanswered"));
        else resolve(result);
      });

    switch (incident?.fault) {
      case "slow":
        takeEffect(soon, " (its answer is slow)", inTime);
        break;
      case "throttled":
      case "denied":
      case "contentRefused":
        fail("refused");
        break;
      case "lostBefore":
        fail("answered");
        break;
      case "answerLost":
        takeEffect(soon, " (its answer is lost)", () => fail("answered"));
        break;
      case "happensLater":
        fail("unanswered");
        takeEffect(span, " (happens late: its caller was told of an error)", () => {});
        break;
      case "repeated":
        takeEffect(soon, " (its answer is lost, and the same call is repeated)", () => {
          if (tooSlow)
            this.resume({ ms: call.withinMs ?? 0 }, message, () => reject(call.error("unanswered")));
          takeEffect(span, " (repeated)", tooSlow ? () => {} : answer);
        });
        break;
      case "stallsBefore":
        this.tell(`${call.operation}: stands still before it`);
        takeEffect(span, " (after standing still)", answer);
        break;
      case "stallsAfter":
        takeEffect(soon, " (and stands still after it)", (result) =>
          this.resume(span, message, () => resolve(result)),
        );
        break;
      case "clockAhead":
      case "clockBack":
        takeEffect(soon, " (meanwhile its clock is set)", (result) =>
          this.resume({ ms: Math.min(SETTING_MS, call.withinMs ?? SETTING_MS) }, message, () =>
            resolve(result),
          ),
        );
        break;
      case "freezesBefore":
        this.freeze(span, message, () => takeEffect(soon, " (after being frozen)", answer));
        break;
      case "freezesAfter":
        takeEffect(soon, " (and is frozen after it)", (result) =>
          this.freeze(span, message, () => resolve(result)),
        );
        break;
      case "diesBefore":
        this.die();
        break;
      case "diesAfter":
        takeEffect(soon, "", () => this.die());
        break;
      default:
        takeEffect(soon, "", answer);
    }
  }

  #tellEffect<T>({ operation, tell }: Call<T>, result: T, note: string): void {
    const outcome = tell ? tell(result) : "done";
    if (outcome !== undefined || note !== "") this.tell(`${operation}: ${outcome ?? "nothing"}${note}`);
  }

  #wait(span: Span, message: number, task: () => void | Promise<void>): void {
    const { scheduler, ledger } = this.#network;
    if (span.until === undefined) {
      scheduler.after(span.ms, task);
      return;
    }
    let waiting = true;
    const once = (): void | Promise<void> => {
      if (!waiting) return;
      waiting = false;
      return task();
    };
    ledger.onNext(message, span.until, () => scheduler.after(LATENCY_MS, once));
    scheduler.after(span.ms, once);
  }

  #end(how: string): void {
    if (!this.#alive) return;
    this.tell(how);
    this.#alive = false;
    this.#onEnd("ended");
  }
}
