/** What every message queue guarantees. The memory queue and the SQS queue run the same suite. */
import { afterEach, describe, expect, it } from "vitest";
import { decodeCopy, encodeCopy } from "../message/copy.ts";
import type { Payload } from "../message/message.ts";
import { buildMessage, buildPayload } from "../testing/build-message.ts";
import { EVERY_PLANE } from "../testing/every-plane.ts";
import { nextToken } from "../testing/tokens.ts";
import { type MessageQueue, type OutgoingCopy, SEND_BATCH_BYTES } from "./message-queue.ts";

/** A copy as a worker is handed it: its body, and what came as attributes. */
export interface ReceivedAttributes {
  readonly body: string;
  readonly messageId?: string;
  readonly senderId?: string;
  readonly correlationId?: string;
  readonly traceparent?: string;
}

/** An empty queue under test, and the worker's end of it. */
export interface QueueSubject {
  readonly queue: MessageQueue;
  /** The copies that are visible now, at most ten; they stay hidden afterwards for longer than a test takes. */
  receive(): Promise<readonly ReceivedAttributes[]>;
  /** Lets this much of the queue's time pass. */
  elapse(seconds: number): Promise<void>;
  /** Brings one copy to the dead-letter queue, by whatever way is short. */
  bury(copy: OutgoingCopy): Promise<void>;
  readonly close?: () => Promise<void>;
}

export interface QueueContractOptions {
  /** The delay that is waited out; 1 where a second of it takes a second. */
  readonly delaySeconds: number;
  /** For a server that counts what is in flight as visible too, which SQS does not. */
  readonly countsInFlightTwice?: boolean;
}

const TIMEOUT_MS = 5_000;

function copyOf(payload: Payload = buildPayload(), over: Partial<OutgoingCopy> = {}): OutgoingCopy {
  const message = buildMessage({ status: "QUEUED", sendId: nextToken() });
  return {
    messageId: message.messageId,
    senderId: message.senderId,
    correlationId: message.correlationId,
    body: encodeCopy(message, payload),
    delaySeconds: 0,
    ...over,
  };
}

/** `makeQueue` runs once for each test. */
export function describeMessageQueueContract(
  name: string,
  makeQueue: () => Promise<QueueSubject>,
  { delaySeconds, countsInFlightTwice = false }: QueueContractOptions,
): void {
  describe(name, () => {
    let subject: QueueSubject | undefined;
    afterEach(async () => {
      await subject?.close?.();
      subject = undefined;
    });
    const make = async (): Promise<QueueSubject> => {
      subject = await makeQueue();
      return subject;
    };

    /** Receives until this many copies are there; on a real queue one call may answer only some of them. */
    const receiveAll = async ({ receive }: QueueSubject, count: number): Promise<ReceivedAttributes[]> => {
      const received: ReceivedAttributes[] = [];
      for (let calls = 0; received.length < count && calls < 20; calls += 1)
        received.push(...(await receive()));
      return received;
    };

    it.each([1, 10])(
      "carries %d copies of one call, each once, and says that each was sent",
      async (count) => {
        const queue = await make();
        const copies = Array.from({ length: count }, () => copyOf());
        expect(await queue.queue.send(copies, TIMEOUT_MS)).toEqual(copies.map(() => undefined));
        const received = await receiveAll(queue, count);
        expect(new Map(received.map(({ messageId, body }) => [messageId, body]))).toEqual(
          new Map(copies.map(({ messageId, body }) => [messageId, body])),
        );
        expect(received).toHaveLength(count);
        expect(await queue.receive()).toEqual([]);
      },
    );

    it("sends nothing when there is nothing to send", async () => {
      const { queue } = await make();
      expect(await queue.send([], TIMEOUT_MS)).toEqual([]);
      expect(await queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    });

    it("carries message, sender, call and trace as attributes", async () => {
      const queue = await make();
      const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
      const copy = copyOf(buildPayload(), { senderId: "acme.b-1", correlationId: "call:1", traceparent });
      await queue.queue.send([copy], TIMEOUT_MS);
      expect(await queue.receive()).toEqual([
        expect.objectContaining({
          body: copy.body,
          messageId: copy.messageId,
          senderId: "acme.b-1",
          correlationId: "call:1",
          traceparent,
        }),
      ]);
    });

    it("carries no trace where there is none", async () => {
      const queue = await make();
      await queue.queue.send([copyOf()], TIMEOUT_MS);
      const [received] = await queue.receive();
      expect(received?.traceparent).toBeUndefined();
    });

    const payloads: Readonly<Record<string, Payload>> = {
      "characters of every plane": buildPayload({
        headers: { "X-Name": "é ÿ" },
        body: JSON.stringify({ [EVERY_PLANE]: EVERY_PLANE }),
        metadata: { "👩‍🚀": EVERY_PLANE },
      }),
      "numbers with more digits than a double": buildPayload({
        body: "[12345678901234567890,1e20,1.0,-0,1E400]",
      }),
      "the largest body, all of it beyond the basic plane": buildPayload({
        body: JSON.stringify("😀".repeat(262_144 / 4)),
      }),
      "what tracing systems say": buildPayload({ tracestate: "rojo=00f067aa0ba902b7,congo=~!" }),
      "no body": { targetUrl: "https://example.com/", method: "GET", headers: {} },
    };

    it.each(Object.entries(payloads))("brings a payload through as it was: %s", async (_name, payload) => {
      const queue = await make();
      const copy = copyOf(payload);
      expect(Buffer.byteLength(copy.body)).toBeLessThan(SEND_BATCH_BYTES - 4_096);
      expect(await queue.queue.send([copy], TIMEOUT_MS)).toEqual([undefined]);
      const [received] = await queue.receive();
      expect(decodeCopy(received?.body ?? "")).toMatchObject({ payload });
    });

    it("hands a delayed copy out after its delay and not before, and the others at once", async () => {
      const queue = await make();
      const now = copyOf();
      const later = copyOf(buildPayload(), { delaySeconds });
      await queue.queue.send([later, now], TIMEOUT_MS);
      expect((await queue.receive()).map(({ messageId }) => messageId)).toEqual([now.messageId]);
      await queue.elapse(delaySeconds);
      expect((await queue.receive()).map(({ messageId }) => messageId)).toEqual([later.messageId]);
    });

    it("takes the longest delay that SQS knows", async () => {
      const queue = await make();
      expect(await queue.queue.send([copyOf(buildPayload(), { delaySeconds: 900 })], TIMEOUT_MS)).toEqual([
        undefined,
      ]);
      expect(await queue.receive()).toEqual([]);
    });

    it("counts what is visible, in flight and delayed", async () => {
      const queue = await make();
      await queue.queue.send([copyOf(), copyOf()], TIMEOUT_MS);
      expect(await receiveAll(queue, 2)).toHaveLength(2);
      const delayed = copyOf(buildPayload(), { delaySeconds: 900 });
      await queue.queue.send([copyOf(), copyOf(), copyOf(), delayed], TIMEOUT_MS);
      expect(await queue.queue.depth()).toEqual({
        visible: countsInFlightTwice ? 5 : 3,
        inFlight: 2,
        delayed: 1,
      });
    });

    it("counts the copies in the dead-letter queue", async () => {
      const queue = await make();
      expect(await queue.queue.deadLetters()).toBe(0);
      await queue.bury(copyOf());
      expect(await queue.queue.deadLetters()).toBe(1);
    });
  });
}
