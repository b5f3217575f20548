/** Watches a simulation as it runs: what no single write, request or deletion may ever do. */
import { isDeepStrictEqual } from "node:util";
import type { OutgoingRequest } from "@homing/core/delivery/http-client";
import { isFinished, type Message } from "@homing/core/message/message";
import type { ReceivedCopy } from "@homing/core/queue/memory-message-queue";
import { attemptOf } from "../simulate/attempt-of.ts";
import type { RequestFact, WriteFact } from "../simulate/ledger.ts";
import type { Process } from "../simulate/process.ts";
import { letter } from "../simulate/schedule.ts";
import type { Simulation } from "../simulate/simulation.ts";
import { wrongDelivery } from "./delivery-rules.ts";
import { wrongDrain, wrongEndpoint } from "./endpoint-rules.ts";
import { wrongEventWrite } from "./event-rules.ts";
import { Gates, isHeld } from "./gates.ts";
import { wrongHealth } from "./health-rules.ts";
import { wrongCompany, wrongRequestInOrder } from "./order-rules.ts";
import { wrongPace, wrongReservation } from "./pace-rules.ts";
import { Releases } from "./releases.ts";
import { wrongSignature } from "./signature-rules.ts";
import { REQUEST_MARGIN_MS, wasTakenEarly } from "./taken-early.ts";
import { wrongStep } from "./transition-rules.ts";
import type { Violation } from "./violation.ts";

export class Checker {
  readonly #simulation: Simulation;
  readonly #usedTokens = new Set<string>();
  /** No attempt may start earlier; kept apart from the message, which might forget it. */
  readonly #notBefore = new Map<string, number>();
  /** Which attempt the dead letter was to start that a process looks at. */
  readonly #deadLetters = new Map<string, number | undefined>();
  /** What was sent of an event, by event. */
  readonly #bytesOf = new Map<string, string | undefined>();
  readonly #releases: Releases;
  readonly #gates: Gates;
  #violation: Violation | undefined;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#gates = new Gates(simulation.ledger);
    this.#releases = new Releases(simulation.ledger, simulation.schedule.setup.perEndpoint);
    simulation.ledger.onWrite = (write) => {
      this.#checkWrite(write);
      simulation.reconcilers.onWrite(write);
    };
    simulation.ledger.fanOut.onWrite = (write) => {
      const wrong = wrongEventWrite(write, simulation.ledger);
      if (wrong) this.report(write.after.eventId, wrong);
      simulation.reconcilers.onWrite(write);
    };
    simulation.ledger.fanOut.onEndpoint = (before, after, process) => {
      const wrong =
        wrongEndpoint(before, after) ??
        wrongDrain(before, after, simulation.ledger) ??
        wrongHealth({ before, after, process }, simulation.ledger) ??
        this.#gates.wrong({ before, after, process, at: simulation.scheduler.now });
      if (wrong) this.report(undefined, wrong);
      simulation.reconcilers.onWrite({ after });
    };
    simulation.ledger.paces.onReserve = (fact) => {
      const wrong = wrongReservation(fact, simulation.ledger);
      if (wrong) this.report(undefined, wrong);
    };
    simulation.ledger.lanes.onWrite = (write) => simulation.reconcilers.onLane(write);
    simulation.ledger.onLostPayload = (messageId) => this.#checkLostPayload(messageId);
    simulation.hooks = {
      onRequest: (fact, request) => this.#checkRequest(fact, request),
      onCutOff: (process) => {
        if (!process.stoodStill)
          this.report(
            undefined,
            "a worker is cut off in the middle of its records, and no fault explains it",
          );
      },
      onDelete: (process, record, revision) => this.#checkDelete(process, record, revision),
      onDeadLetter: (process, { body }) => this.#deadLetters.set(process.name, attemptOf(body)),
      onEnqueue: (process, messageId) => {
        const wrong = this.#releases.wrong(process, messageId);
        if (wrong) this.report(messageId, wrong);
      },
      onApply: (process, messageId) => {
        const { ledger } = simulation;
        // What it announces it has stored itself.
        const isKnown = ledger.hasRead(process.name, messageId) || ledger.fanOut.announcements.has(messageId);
        if (process.role === "reconciler" && !isKnown) {
          this.report(messageId, "a reconciler acts on an index row without reading what it is of");
        }
      },
    };
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  /** Takes note of the first violation, which ends the simulation. */
  report(messageId: string | undefined, text: string, of?: "order"): void {
    const { scheduler, ledger, mutant } = this.#simulation;
    if (mutant?.missedByOrder && of !== "order") return;
    const name = messageId === undefined ? "" : `${letter(ledger.messageOf(messageId))}: `;
    this.#violation ??= { at: scheduler.now, text: `${name}${text}` };
    scheduler.stop();
  }

  #checkWrite(write: WriteFact): void {
    const { ledger, settings } = this.#simulation;
    const { before, after } = write;
    const { messageId } = after;
    const wrong =
      wrongStep(write, { ledger, settings, usedTokens: this.#usedTokens }) ??
      wrongShape(after) ??
      wrongPace(write, ledger) ??
      wrongCompany(after, ledger);
    if (wrong) this.report(messageId, wrong);
    this.#checkDeadLetter(write);
    this.#checkTaking(write);
    for (const token of [after.sendId, after.claimId]) if (token !== undefined) this.#usedTokens.add(token);

    if (before !== undefined && before.revision === after.revision) return;
    switch (after.history.at(-1)?.reason) {
      case "ACCEPTED":
        this.#wait(messageId, after.deliverAt);
        break;
      case "RETRY":
      case "LEASE_EXPIRED":
        this.#wait(messageId, after.notBefore);
        break;
      case "ENDPOINT_FAILING":
        if (before?.status === "PROCESSING") this.#wait(messageId, after.notBefore);
        break;
      case "ENQUEUED":
        // It goes on with its endpoint: whether that is well, or may be tried, is a matter of its own.
        if (before?.pendingReason === "ENDPOINT_FAILING") this.#notBefore.delete(messageId);
        break;
      case "MANUAL_RETRY":
        this.#notBefore.delete(messageId);
        break;
      case "CLAIMED":
        // Whoever enqueued it reckons the wait by its own clock.
        if (write.at < (this.#notBefore.get(messageId) ?? 0) - ledger.aheadMs(messageId)) {
          this.report(messageId, `attempt ${after.attempt} starts before its time`);
        }
        this.#notBefore.delete(messageId);
        break;
      default:
    }
  }

  /** Only a dead letter of the present copy says anything about its message. */
  #checkDeadLetter({ before, after, process }: WriteFact): void {
    const attempt = this.#deadLetters.get(process);
    if (attempt !== undefined && before !== undefined && attempt !== before.attempt + 1) {
      this.report(
        after.messageId,
        `a dead letter of attempt ${attempt} moves it, although attempt ${before.attempt} has begun`,
      );
    }
  }

  /** A payload outlives its message, which is gone once it has expired. */
  #checkLostPayload(messageId: string): void {
    const { ledger, scheduler } = this.#simulation;
    const { expiresAt = Infinity } = ledger.state(messageId) ?? {};
    if (expiresAt > scheduler.now) this.report(messageId, "its payload was stored, and is gone");
  }

  /** A lease may be ended early by as much as the clocks of its holder and of whoever ends it differ, and no more. */
  #checkTaking({ at, before, after, operation, process }: WriteFact): void {
    const { ledger, settings } = this.#simulation;
    const claim = ledger.claimOf(before?.claimId);
    if ((operation !== "leaseOver" && operation !== "takeOver") || !claim) return;
    if (ledger.wasAbandoned(before?.claimId)) return;
    const apartMs = (ledger.clockOf(process)?.highestMs ?? 0) - claim.clock.lowestMs;
    if (at < claim.decidedAt + settings.leaseMs - Math.max(0, apartMs)) {
      this.report(after.messageId, "a lease is ended earlier than clocks can explain");
    }
  }

  #wait(messageId: string, until: number | undefined): void {
    if (until !== undefined) this.#notBefore.set(messageId, until);
  }

  #checkRequest(fact: RequestFact, request: OutgoingRequest): void {
    const { ledger, settings } = this.#simulation;
    const { messageId, attempt, claimId } = fact;
    const message = ledger.state(messageId);
    const isUnderClaim = message?.status === "PROCESSING" && message.claimId === claimId;
    if (!isUnderClaim && !wasTakenEarly(ledger, settings, claimId)) {
      this.report(messageId, `a request leaves while the message is ${message?.status}, not under its claim`);
    }
    const { deliveryTimeoutMs, leaseMs } = settings;
    const claim = ledger.claimOf(claimId);
    // Only a process that is frozen and whose clock is set back cannot know how old its claim is.
    const leaseUntil = claim && claim.decidedAt + leaseMs + fact.unseenMs;
    if (leaseUntil === undefined || fact.calledAt + deliveryTimeoutMs + REQUEST_MARGIN_MS > leaseUntil) {
      this.report(messageId, "a request leaves that its lease outlasts by less than a second");
    }
    const wrong =
      message &&
      (message.eventId === undefined
        ? wrongSignature(fact, request, { senderId: message.senderId, ledger })
        : (wrongDelivery(fact, request, message, ledger) ?? this.#wrongBytes(message, request)));
    if (wrong) this.report(messageId, wrong);
    const outOfOrder = message && wrongRequestInOrder(fact, message, ledger, settings);
    if (outOfOrder) this.report(messageId, outOfOrder, "order");
    const earlier = ledger.requestsOf(messageId).filter((one) => one !== fact);
    if (earlier.some((one) => one.attempt === attempt)) {
      this.report(messageId, `attempt ${attempt} makes two requests`);
    }
    const succeeded = earlier.find((one) => one.heard && isSuccess(one.status));
    const isExplained =
      succeeded &&
      (ledger.isExcused(succeeded.process) ||
        ledger.isSlowed(succeeded.process) ||
        wasTakenEarly(ledger, settings, succeeded.claimId) ||
        // Its own lease was ended early, and a later attempt was faster than it.
        wasTakenEarly(ledger, settings, claimId));
    if (succeeded && !isExplained) {
      this.report(
        messageId,
        `a second request after attempt ${succeeded.attempt} succeeded, and no fault explains it`,
      );
    }
    const announced = ledger.fanOut.announcements.get(message?.eventId ?? "");
    if (message && !meansTheSame(request.body, announced?.body ?? ledger.bodyOf(message.correlationId))) {
      this.report(messageId, "the target gets another body than the accepted one");
    }
    const other = earlier.find(({ body }) => body !== fact.body);
    if (other) {
      this.report(messageId, `attempts ${other.attempt} and ${attempt} carry different bytes`);
    }
  }

  /** Every endpoint of an event gets the same. */
  #wrongBytes({ eventId = "" }: Message, { body }: OutgoingRequest): string | undefined {
    const first = this.#bytesOf.get(eventId) ?? body;
    this.#bytesOf.set(eventId, first);
    return first === body ? undefined : "two endpoints get different bytes of one event";
  }

  /** The message's present copy may go only if the message has moved on: it is what delivers it. */
  #checkDelete({ name }: Process, { messageId = "", body }: ReceivedCopy, revisionAtReceipt: number): void {
    const { ledger } = this.#simulation;
    const message = ledger.state(messageId);
    const attempt = attemptOf(body);
    if (ledger.postponed.has(`${name} ${messageId} ${attempt}`)) return;
    const isPresent =
      message &&
      attempt === message.attempt + 1 &&
      !isFinished(message.status) &&
      !getsAnotherCopy(message, body);
    if (isPresent && message.revision === revisionAtReceipt) {
      this.report(messageId, `a copy that would start attempt ${attempt} is thrown away`);
    }
  }
}

/** One that waits for its turn or for its endpoint is sent when that comes; what somebody asks for by hand is sent anew. */
function getsAnotherCopy(message: Message, body: string) {
  const { waitsForTurn, attempt, forcedAttempt, slotAt } = message;
  // It has been given another slot, and is enqueued for that.
  if (slotAt !== undefined && !body.includes(`"slotAt":${slotAt}`)) return true;
  if (waitsForTurn || isHeld(message)) return true;
  return forcedAttempt === attempt + 1 && !body.includes('"forced":true');
}

/** Calls that are equal but for how they are written are one request. */
function meansTheSame(body: string | undefined, other: string | undefined): boolean {
  if (body === undefined || other === undefined) return body === other;
  return isDeepStrictEqual(JSON.parse(body), JSON.parse(other));
}

/** What is wrong with an item whatever happened to it; undefined if nothing is. */
function wrongShape(message: Message): string | undefined {
  const finished = isFinished(message.status);
  if (finished !== (message.dueAt === undefined)) {
    return `${message.status} ${finished ? "with" : "without"} a dueAt`;
  }
  if (finished !== (message.finishedAt !== undefined))
    return `${message.status} and finishedAt do not go together`;
  if (finished !== (message.expiresAt !== undefined))
    return `${message.status} and expiresAt do not go together`;
  if ((message.status === "PROCESSING") !== (message.leaseUntil !== undefined)) {
    return `${message.status} and a lease do not go together`;
  }
  if ((message.status === "PENDING") !== (message.pendingReason !== undefined)) {
    return `${message.status} and pendingReason ${message.pendingReason} do not go together`;
  }
  if ((message.status === "FAILED") !== (message.failureReason !== undefined)) {
    return `${message.status} and failureReason ${message.failureReason} do not go together`;
  }
  return undefined;
}

function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300;
}
