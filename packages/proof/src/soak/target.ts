import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { LOOPBACK } from "@homing/local/embedded/embedded-server";

/** How the target treats a message; the first part of its path. */
export const TREATMENTS = ["accept", "failTwice", "answerLate", "reject", "rejectOnce"] as const;
export type Treatment = (typeof TREATMENTS)[number];

/** A request of a message that has an ordering key, as its headers tell it. */
export interface OrderedRequest {
  readonly orderingKey: string;
  readonly sequence: number;
  readonly messageId: string;
}

/** A target that remembers the answers it gave to each message. */
export interface SoakTarget {
  readonly url: string;
  /** Statuses answered, in order, by message id; of an event by its id and the treatment, one for each endpoint. */
  readonly answers: ReadonlyMap<string, readonly number[]>;
  /** In the order in which they came. */
  readonly inOrder: readonly OrderedRequest[];
  close(): Promise<void>;
}

/** At most, at random: time enough to be killed in. */
const THINKING_MS = 400;
/** Longer than the stack waits for an answer. */
const LATE_MS = 3_000;

export async function startSoakTarget(): Promise<SoakTarget> {
  const answers = new Map<string, number[]>();
  const inOrder: OrderedRequest[] = [];
  const server: Server = createServer((request, response) => {
    const treatment = (request.url ?? "").split("/")[1] as Treatment;
    const webhookId = String(request.headers["webhook-id"]);
    const orderingKey = request.headers["webhook-ordering-key"];
    const sequence = Number(request.headers["webhook-sequence"]);
    if (typeof orderingKey === "string") inOrder.push({ orderingKey, sequence, messageId: webhookId });
    const key = webhookId.startsWith("evt_") ? `${webhookId} ${treatment}` : webhookId;
    request.resume().on("end", () => {
      const given = answers.get(key) ?? [];
      answers.set(key, given);
      const status = statusOf(treatment, given.length);
      given.push(status);
      const isLate = treatment === "answerLate" && given.length === 1;
      const afterMs = isLate ? LATE_MS : Math.random() * THINKING_MS;
      setTimeout(() => response.writeHead(status).end(), afterMs);
    });
  });
  await new Promise<void>((listening) => server.listen(0, LOOPBACK, listening));
  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    answers,
    inOrder,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function statusOf(treatment: Treatment, before: number): number {
  switch (treatment) {
    case "failTwice":
      return before < 2 ? 503 : 200;
    case "reject":
      return 404;
    case "rejectOnce":
      return before === 0 ? 404 : 200;
    default:
      return 200;
  }
}
