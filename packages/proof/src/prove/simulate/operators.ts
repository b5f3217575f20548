/** Operators: manual retries and cancels, foreign records, and what the schedule lets happen to everybody. */
import { HomingError } from "@homing/core/error";
import type { Message } from "@homing/core/message/message";
import { MAX_BULK_LIMIT } from "@homing/core/operate/bulk";
import { bulkRetry } from "@homing/core/operate/bulk-retry";
import * as Operate from "@homing/core/operate/operate";
import { bulkResolve, resolve } from "@homing/core/operate/resolve";
import { retryEvent } from "@homing/core/operate/retry-event";
import { senderOf } from "./producers.ts";
import { type Action, letter } from "./schedule.ts";
import type { Simulation } from "./simulation.ts";

/** No message has this id. */
const UNKNOWN_MESSAGE_ID = `msg_${"Z".repeat(26)}`;

export function startActions(simulation: Simulation): void {
  for (const action of simulation.schedule.actions)
    simulation.when(action.when, () => act(simulation, action));
}

function act(simulation: Simulation, action: Action): void {
  switch (action.kind) {
    case "retry":
    case "skip":
    case "resolve":
    case "cancel": {
      const { kind, message } = action;
      const { again = 0 } = action;
      if (again > 0) simulation.when(action.when, () => act(simulation, { ...action, again: again - 1 }));
      for (const messageId of simulation.ledger.idsOf(message)) operate(simulation, kind, message, messageId);
      break;
    }
    case "rotate":
      rotate(simulation, senderOf(action.message));
      break;
    case "retryEvent":
      retryEvents(simulation, action.message);
      break;
    case "retryAllFailed":
      retryAllFailed(simulation);
      break;
    case "resolveAllFailed":
      resolveAllFailed(simulation);
      break;
    case "foreignRecord":
      addForeignRecord(simulation, action.body);
      break;
    case "restart":
      simulation.restart(action.ms);
      break;
    case "workersRest":
      simulation.fleet.rest(action.ms);
      break;
    case "storageOutage":
      simulation.outage("storage", action.ms);
      break;
    case "queueOutage":
      simulation.outage("queue", action.ms);
      break;
  }
}

const OPERATIONS = { retry: Operate.retry, cancel: Operate.cancel, skip: Operate.skip, resolve } as const;

function operate(
  simulation: Simulation,
  kind: keyof typeof OPERATIONS,
  message: number,
  messageId: string,
): void {
  simulation.spawn("operator", async (process) => {
    const { scheduler, ledger } = simulation;
    const dependencies = simulation.dependencies(process);
    const correlationId = process.name.replace(" ", "-");
    // As the API does: it reads the message, then decides.
    const read = await dependencies.store.get(messageId);
    if (read === undefined) return;
    const result = await OPERATIONS[kind](dependencies, read, correlationId).then(
      (after: Message) => ({ message: after }),
      (error: unknown) => {
        if (error instanceof HomingError) return error;
        throw error;
      },
    );
    process.tell(
      `${kind} of ${letter(message)}: ${result instanceof HomingError ? result.code : result.message.status}`,
    );
    ledger.answers.push({
      at: scheduler.now,
      kind,
      process: process.name,
      message,
      correlationId,
      idempotent: true,
      result,
    });
  });
}

function retryEvents(simulation: Simulation, number: number): void {
  for (const eventId of simulation.ledger.eventIdsOf(number))
    simulation.spawn("operator", async (process) => {
      const dependencies = simulation.dependencies(process);
      const read = await dependencies.events.get(eventId);
      if (read === undefined) return;
      const { status } = await retryEvent(dependencies, read, process.name.replace(" ", "-"));
      process.tell(`retried ${letter(number)}: ${status}`);
    });
}

function rotate(simulation: Simulation, senderId: string): void {
  simulation.spawn("operator", async (process) => {
    const { scheduler, ledger, senders } = simulation;
    const recordedAt = process.clock.now();
    ledger.rotations.push({ senderId, at: scheduler.now, recordedAt });
    const { generation } = await senders.rotateSender(senderId, recordedAt);
    process.tell(`rotated the signing secret of ${senderId}: generation ${generation}`);
  });
}

function retryAllFailed(simulation: Simulation): void {
  simulation.spawn("operator", async (process) => {
    const correlationId = process.name.replace(" ", "-");
    const result = await bulkRetry(
      simulation.dependencies(process),
      {},
      { limit: MAX_BULK_LIMIT, correlationId },
    );
    process.tell(`retried ${result.done} failed messages, skipped ${result.skipped}`);
  });
}

function resolveAllFailed(simulation: Simulation): void {
  simulation.spawn("operator", async (process) => {
    const correlationId = process.name.replace(" ", "-");
    const result = await bulkResolve(
      simulation.dependencies(process),
      {},
      { limit: MAX_BULK_LIMIT, correlationId },
    );
    process.tell(`resolved ${result.done} failed messages, skipped ${result.skipped}`);
  });
}

function addForeignRecord(simulation: Simulation, body: "unreadable" | "unknownMessage"): void {
  const { backend, scheduler, fleet } = simulation;
  const copy = {
    messageId: UNKNOWN_MESSAGE_ID,
    senderId: "nobody",
    correlationId: "foreign",
    body: body === "unreadable" ? "{" : FOREIGN_COPY,
    delaySeconds: 0,
  };
  backend.queue.send([copy], 1).then(
    () => fleet.pollAt(scheduler.now),
    () => {},
  );
}

const FOREIGN_COPY = JSON.stringify({
  version: 1,
  attempt: 1,
  sendId: "foreign",
  senderId: "nobody",
  createdAt: 0,
  targetUrl: "https://target.example/nobody",
  method: "POST",
  headers: {},
});
