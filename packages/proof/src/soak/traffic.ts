/** The producers and operators of the soak: they repeat each call until somebody answers it. */
import { setTimeout as wait } from "node:timers/promises";
import type { MessageView } from "@homing/functions/api/answers/message";
import { EventTraffic } from "./event-traffic.ts";
import { OrderedTraffic } from "./ordered-traffic.ts";
import type { Treatment } from "./target.ts";

/** What was wanted of one message, and what was answered. */
export interface Sent {
  readonly number: number;
  readonly treatment: Treatment;
  readonly cancelled: boolean;
  /** Ids that answers named; more than one would be a doubled message. */
  readonly messageIds: Set<string>;
  /** The cancel was answered 200, or found the message CANCELLED. */
  cancelConfirmed: boolean;
}

export interface TrafficOptions {
  readonly apiUrl: () => string;
  readonly operatorKey: string;
  readonly targetUrl: string;
  /** Messages a second. */
  readonly rate: number;
}

/** Three deliveries each. */
const MESSAGES_AN_EVENT = 10;
const CALL_TIMEOUT_MS = 10_000;
const BETWEEN_TRIES_MS = 300;
/** A cancelled message is scheduled this far ahead, so that the cancel comes first. */
const CANCELLED_AHEAD_MS = 60_000;
const SCHEDULED_AHEAD_MS = 3_000;

export class Traffic {
  readonly sent: Sent[] = [];
  /** Calls that were answered with an error or not at all, and repeated. */
  repeats = 0;
  /** Answers that named an earlier call's message. */
  duplicates = 0;
  /** Messages that had failed for want of their payload before their producer was answered at all. */
  revived = 0;
  readonly events: EventTraffic;
  readonly order: OrderedTraffic;
  readonly #options: TrafficOptions;
  readonly #running = new Set<Promise<void>>();

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.events = new EventTraffic(this, options.targetUrl);
    this.order = new OrderedTraffic(this, options.targetUrl);
  }

  /** Begins a message every 1/rate seconds for that long. Does not wait for them. */
  async flow(durationMs: number): Promise<void> {
    const endsAt = performance.now() + durationMs;
    this.#run(this.order.flow(durationMs));
    await this.events.createEndpoints();
    while (performance.now() < endsAt) {
      const number = this.sent.length;
      this.#run(this.#send(number));
      if (number % MESSAGES_AN_EVENT === 0) this.#run(this.events.send(number));
      await wait(1_000 / this.#options.rate);
    }
  }

  #run(call: Promise<void>): void {
    const running: Promise<void> = call.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves once every message and event that was begun has been answered. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  async read(messageId: string): Promise<MessageView> {
    const { body } = await this.untilAnswered("GET", `/v1/messages/${messageId}`, (status) => status === 200);
    return body as MessageView;
  }

  async retry(messageId: string): Promise<void> {
    await this.untilAnswered(
      "POST",
      `/v1/messages/${messageId}/retry`,
      (status) => status === 202 || status === 409,
    );
  }

  /** Messages that are not finished. */
  async open(): Promise<number> {
    const { body } = await this.untilAnswered("GET", "/v1/stats", (status) => status === 200);
    const { PENDING, QUEUED, PROCESSING } = (body as { counts: Record<string, number> }).counts;
    return (PENDING ?? 0) + (QUEUED ?? 0) + (PROCESSING ?? 0);
  }

  async #send(number: number): Promise<void> {
    const { treatment, scheduled, cancelled } = plan(number);
    const sent: Sent = { number, treatment, cancelled, messageIds: new Set(), cancelConfirmed: false };
    this.sent.push(sent);
    const aheadMs = cancelled ? CANCELLED_AHEAD_MS : scheduled ? SCHEDULED_AHEAD_MS : undefined;
    const message = {
      targetUrl: `${this.#options.targetUrl}/${treatment}/${number}`,
      body: { number },
      ...(aheadMs === undefined ? {} : { deliverAt: new Date(Date.now() + aheadMs).toISOString() }),
    };
    const { body, status } = await this.untilAnswered(
      "POST",
      "/v1/messages",
      (answered) => answered === 202 || answered === 200,
      {
        body: message,
        idempotencyKey: `soak-${number}`,
        onBody: ({ messageId }) => {
          if (messageId !== undefined) sent.messageIds.add(messageId);
        },
      },
    );
    const answer = body as { messageId: string; status: string };
    if (status === 200) this.duplicates += 1;
    // Killed between its two first writes, and repeated only after the queue deadline: FAILED, PAYLOAD_MISSING.
    // The repeated call has brought the payload, so that a retry by hand delivers it.
    if (answer.status === "FAILED" && treatment !== "reject" && treatment !== "rejectOnce") {
      this.revived += 1;
      await this.retry(answer.messageId);
    }
    if (cancelled) await this.#cancel(sent, answer.messageId);
  }

  async #cancel(sent: Sent, messageId: string): Promise<void> {
    const { status, body } = await this.untilAnswered(
      "POST",
      `/v1/messages/${messageId}/cancel`,
      (answered) => answered === 200 || answered === 409,
    );
    // A cancel whose answer was lost finds on its repetition that it has happened.
    sent.cancelConfirmed =
      status === 200 || (body as { messageStatus?: string }).messageStatus === "CANCELLED";
  }

  /** Repeats the call until somebody answers it so. */
  async untilAnswered(
    method: "GET" | "POST",
    path: string,
    isAnswer: (status: number) => boolean,
    call: {
      readonly body?: object;
      readonly idempotencyKey?: string;
      /** Told of every answer, errors too. */
      readonly onBody?: (body: { readonly messageId?: string; readonly eventId?: string }) => void;
    } = {},
  ): Promise<{ status: number; body: unknown }> {
    for (;;) {
      try {
        const response = await fetch(`${this.#options.apiUrl()}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${this.#options.operatorKey}`,
            "content-type": "application/json",
            ...(call.idempotencyKey === undefined ? {} : { "idempotency-key": call.idempotencyKey }),
          },
          ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
          signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
        });
        const body = (await response.json()) as { messageId?: string; eventId?: string };
        call.onBody?.(body);
        if (isAnswer(response.status)) return { status: response.status, body };
      } catch {
        // Killed in mid-answer, or not up again yet.
      }
      this.repeats += 1;
      await wait(BETWEEN_TRIES_MS);
    }
  }
}

/** Mostly messages that arrive; now and then one of every other kind. */
function plan(number: number): { treatment: Treatment; scheduled: boolean; cancelled: boolean } {
  const turn = number % 25;
  const treatments: Readonly<Record<number, Treatment>> = {
    5: "failTwice",
    10: "answerLate",
    15: "reject",
    20: "rejectOnce",
  };
  return { treatment: treatments[turn] ?? "accept", scheduled: turn === 2, cancelled: turn === 7 };
}
