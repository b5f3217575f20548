/** The producers of the soak whose messages are to arrive in order: many of one key at once, each with one call after the other. */
import { setTimeout as wait } from "node:timers/promises";
import type { MessageView } from "@homing/functions/api/answers/message";
import type { Entry } from "./account.ts";
import type { OrderedRequest, Treatment } from "./target.ts";

const SENDER = "soak-order";
/** Producers of each key. */
const PRODUCERS: Readonly<Record<string, number>> = { one: 20, two: 5 };
/** Of one key: a little less than the target, which thinks for 200 ms, can take one after the other. */
const MESSAGES_A_SECOND = 2;

/** Calls that are repeated until they are answered. */
interface Api {
  untilAnswered(
    method: "GET" | "POST",
    path: string,
    isAnswer: (status: number) => boolean,
    call?: {
      readonly body?: object;
      readonly idempotencyKey?: string;
      readonly onBody?: (body: { readonly messageId?: string }) => void;
    },
  ): Promise<{ status: number; body: unknown }>;
  read(messageId: string): Promise<MessageView>;
  retry(messageId: string): Promise<void>;
}

interface SentInOrder {
  readonly orderingKey: string;
  readonly producer: number;
  /** Of its producer, counted from 0: answered 2xx before the next was sent. */
  readonly number: number;
  readonly treatment: Treatment;
  readonly messageIds: Set<string>;
}

export class OrderedTraffic {
  readonly sent: SentInOrder[] = [];
  readonly #api: Api;
  readonly #targetUrl: string;

  constructor(api: Api, targetUrl: string) {
    this.#api = api;
    this.#targetUrl = targetUrl;
  }

  get producers(): number {
    return Object.values(PRODUCERS).reduce((sum, count) => sum + count, 0);
  }

  get keys(): number {
    return Object.keys(PRODUCERS).length;
  }

  /** Sends for that long; resolves once the last message of each producer has been answered. */
  async flow(durationMs: number): Promise<void> {
    const endsAt = performance.now() + durationMs;
    const producers = Object.entries(PRODUCERS).flatMap(([orderingKey, count]) =>
      Array.from({ length: count }, (_, producer) => ({ orderingKey, producer, count })),
    );
    await Promise.all(
      producers.map(async ({ orderingKey, producer, count }) => {
        const betweenMs = (count / MESSAGES_A_SECOND) * 1_000;
        await wait(Math.random() * betweenMs);
        for (let number = 0; performance.now() < endsAt; number += 1) {
          await this.#send(orderingKey, producer, number);
          await wait(betweenMs * (0.5 + Math.random()));
        }
      }),
    );
  }

  async #send(orderingKey: string, producer: number, number: number): Promise<void> {
    const treatment = treatmentOf(producer, number);
    const sent: SentInOrder = { orderingKey, producer, number, treatment, messageIds: new Set() };
    this.sent.push(sent);
    const { body } = await this.#api.untilAnswered(
      "POST",
      "/v1/messages",
      (status) => status === 202 || status === 200,
      {
        body: {
          senderId: SENDER,
          orderingKey,
          targetUrl: `${this.#targetUrl}/${treatment}/${orderingKey}/${producer}/${number}`,
          body: { orderingKey, producer, number },
        },
        idempotencyKey: `soak-order-${orderingKey}-${producer}-${number}`,
        onBody: ({ messageId }) => {
          if (messageId !== undefined) sent.messageIds.add(messageId);
        },
      },
    );
    const answer = body as { messageId: string; status: string };
    // As for every message of the soak: killed between its two first writes, and repeated too late.
    if (answer.status === "FAILED" && treatment !== "reject") await this.#api.retry(answer.messageId);
  }

  async entries(answers: ReadonlyMap<string, readonly number[]>): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (const { number, treatment, messageIds } of this.sent) {
      const [messageId = ""] = messageIds;
      entries.push({
        number,
        treatment,
        cancelConfirmed: false,
        messageIds: [...messageIds],
        message: await this.#api.read(messageId),
        answers: answers.get(messageId) ?? [],
      });
    }
    return entries;
  }

  /** What the target saw out of order; nothing if all came as it should. */
  problems(requests: readonly OrderedRequest[]): string[] {
    const firstRequests = new Map<string, number>();
    for (const [at, { messageId }] of requests.entries())
      if (!firstRequests.has(messageId)) firstRequests.set(messageId, at);
    return [...outOfSequence(requests), ...overtaken(this.sent, firstRequests)];
  }
}

/** No request of an earlier message leaves after one of a later: along a key the sequence never falls, and names one message. */
export function outOfSequence(requests: readonly OrderedRequest[]): string[] {
  const problems: string[] = [];
  const latest = new Map<string, OrderedRequest>();
  for (const request of requests) {
    const { orderingKey, sequence, messageId } = request;
    const before = latest.get(orderingKey);
    const isLater = before === undefined || sequence > before.sequence;
    if (!isLater && (sequence < before.sequence || messageId !== before.messageId))
      problems.push(
        `key ${orderingKey}: a request of ${messageId} (${sequence}) after one of ${before.messageId} (${before.sequence})`,
      );
    if (isLater) latest.set(orderingKey, request);
  }
  return problems;
}

/** What a producer was answered before it sent the next comes before that. */
export function overtaken(
  sent: ReadonlyArray<Omit<SentInOrder, "treatment">>,
  firstRequests: ReadonlyMap<string, number>,
): string[] {
  const problems: string[] = [];
  const latest = new Map<string, number>();
  for (const { orderingKey, producer, number, messageIds } of sent) {
    const [messageId = ""] = messageIds;
    const at = firstRequests.get(messageId);
    if (at === undefined) continue;
    const name = `${orderingKey} ${producer}`;
    if (at < (latest.get(name) ?? -1))
      problems.push(
        `key ${orderingKey}: message ${number} of producer ${producer} has overtaken an earlier one`,
      );
    latest.set(name, Math.max(at, latest.get(name) ?? -1));
  }
  return problems;
}

/** Mostly messages that arrive at once; some are tried again, and hold up all behind them. */
function treatmentOf(producer: number, number: number): Treatment {
  const turn = (producer + 7 * number) % 25;
  const treatments: Readonly<Record<number, Treatment>> = { 4: "failTwice", 12: "answerLate", 19: "reject" };
  return treatments[turn] ?? "accept";
}
