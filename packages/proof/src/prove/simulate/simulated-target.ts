/** The target as one worker sees it: it takes each request down and answers as the schedule says. */
import { elapsedMs, momentOf } from "@homing/core/clock";
import type {
  HttpClient,
  OutgoingRequest,
  RequestLimits,
  RequestResult,
} from "@homing/core/delivery/http-client";
import { deliveryIdOf } from "@homing/core/event/event-id";
import { endpointIdOf } from "./endpoints.ts";
import type { RequestFact } from "./ledger.ts";
import { LATENCY_MS, type Network, type Process } from "./process.ts";
import type { TargetAnswer } from "./target-answer.ts";

/** The claim that the worker believes to hold on a message. */
export interface Belief {
  messageId: string;
  claimId: string;
  attempt: number;
}

export class SimulatedTarget implements HttpClient {
  readonly #network: Network;
  readonly #process: Process;
  readonly #belief: (messageId: string) => Belief | undefined;
  readonly #answerTo: (messageId: string) => TargetAnswer;
  readonly #onRequest: (fact: RequestFact, request: OutgoingRequest) => void;

  constructor(
    network: Network,
    process: Process,
    parts: {
      readonly belief: (messageId: string) => Belief | undefined;
      readonly answerTo: (messageId: string) => TargetAnswer;
      readonly onRequest: (fact: RequestFact, request: OutgoingRequest) => void;
    },
  ) {
    this.#network = network;
    this.#process = process;
    this.#belief = parts.belief;
    this.#answerTo = parts.answerTo;
    this.#onRequest = parts.onRequest;
  }

  request(request: OutgoingRequest, limits: RequestLimits): Promise<RequestResult> {
    const { scheduler } = this.#network;
    const process = this.#process;
    const messageId = messageIdOf(request);
    const belief = this.#belief(messageId);
    const claim = this.#network.ledger.claimOf(belief?.claimId);
    // Before anything happens to its clock in this very call: it has decided by what it knew.
    const unseenMs = claim?.clock.unseenSince(claim.mark) ?? 0;
    const incident = process.incident("request", belief?.messageId);
    const message = this.#network.ledger.messageOf(belief?.messageId);
    const calledAt = scheduler.now;
    const since = momentOf(process.clock);
    const soon = { ms: LATENCY_MS };
    return new Promise((resolve) => {
      const result = (outcome: Outcome): RequestResult => ({
        ...outcome,
        durationMs: scheduler.now - calledAt,
      });
      const depart = (): void => {
        // Nothing leaves after the deadline, by whichever clock says so first.
        if (elapsedMs(process.clock, since) >= limits.timeoutMs) {
          resolve(result(TIMED_OUT));
          return;
        }
        const { fact, answer } = this.#depart(messageId, request, belief, { calledAt, unseenMs });
        if (incident?.fault === "diesAfter") {
          process.die();
          return;
        }
        const inTime = answer.kind !== "neverAnswers" && answer.afterMs < limits.timeoutMs;
        const lost = incident?.fault === "answerLost" || incident?.fault === "happensLater";
        process.resume({ ms: inTime ? answer.afterMs : limits.timeoutMs }, message, () => {
          const outcome = lost ? RESET : inTime ? outcomeOf(answer) : TIMED_OUT;
          const hear = (): void => {
            if (fact) fact.heard = outcome.kind === "response";
            process.tell(`request: ${outcome.kind === "response" ? outcome.status : outcome.code}`);
            resolve(result(outcome));
          };
          if (incident?.fault === "stallsAfter") process.resume(incident.span, message, hear);
          else if (incident?.fault === "freezesAfter") process.freeze(incident.span, message, hear);
          else hear();
        });
      };
      switch (incident?.fault) {
        case "diesBefore":
          process.die();
          break;
        case "throttled":
        case "lostBefore":
          process.resume(soon, message, () => resolve(result(REFUSED)));
          break;
        case "stallsBefore":
          // At the latest in the last instant before the deadline, which runs from the call.
          process.resume({ ms: Math.min(incident.span.ms, limits.timeoutMs - 1) }, message, depart);
          break;
        case "freezesBefore":
          // While it connects, say.
          process.freeze(incident.span, message, depart);
          break;
        default:
          process.resume(soon, message, depart);
      }
    });
  }

  #depart(
    messageId: string,
    request: OutgoingRequest,
    belief: Belief | undefined,
    call: Pick<RequestFact, "calledAt" | "unseenMs">,
  ): { fact: RequestFact | undefined; answer: TargetAnswer } {
    const { scheduler, ledger } = this.#network;
    const answer = this.#answerTo(messageId);
    if (answer.kind === "refusesConnection") return { fact: undefined, answer };
    const fact: RequestFact = {
      at: scheduler.now,
      ...call,
      process: this.#process.name,
      messageId,
      claimId: belief?.claimId ?? "none",
      attempt: belief?.attempt ?? 0,
      body: request.body,
      status: answer.kind === "answers" ? answer.status : undefined,
      heard: false,
    };
    ledger.request(fact);
    this.#process.tell(`request: attempt ${fact.attempt} leaves for the target`);
    this.#onRequest(fact, request);
    return { fact, answer };
  }
}

/** By what the receiver knows: of a delivery the event, and itself. */
function messageIdOf({ headers, url }: OutgoingRequest): string {
  const webhookId = headers.find(([name]) => name === "webhook-id")?.[1] ?? "";
  return webhookId.startsWith("evt_") ? deliveryIdOf(webhookId, endpointIdOf(url)) : webhookId;
}

type Outcome =
  | { kind: "response"; status: number; headers: Record<string, string>; body: string }
  | { kind: "error"; code: "TIMEOUT" | "CONNECTION_RESET" | "CONNECTION_REFUSED"; detail: string };

const RESET: Outcome = { kind: "error", code: "CONNECTION_RESET", detail: "The connection was closed." };
const TIMED_OUT: Outcome = { kind: "error", code: "TIMEOUT", detail: "No answer in time." };
const REFUSED: Outcome = { kind: "error", code: "CONNECTION_REFUSED", detail: "Nobody listens." };

function outcomeOf({ kind, status, retryAfterSeconds }: TargetAnswer): Outcome {
  if (kind === "resets") return RESET;
  if (kind === "refusesConnection") return REFUSED;
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return { kind: "response", status, headers, body: "" };
}
