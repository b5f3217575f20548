import { type HomingClient, HomingError, type JsonText } from "@homing/client/source/homing-client";
import type { Accepted, MessageInput, MessageView } from "@homing/client/source/types";
import { BODY_EXPLANATIONS, BODY_OPTIONS, bodyOf } from "./body-options.ts";
import { command, onlyArgument, pairs } from "./command.ts";
import { acceptedLine, messageCells } from "./format.ts";
import type { Output } from "./output.ts";
import { EXIT, type ExitCode, type Terminal } from "./terminal.ts";
import { durationOf, timeAfter } from "./times.ts";

const POLL_MS = 250;
const FINISHED = new Set(["COMPLETED", "FAILED", "CANCELLED"]);

export const send = command({
  summary: "Send a message",
  usage: "homing send URL [--data JSON | --text TEXT | --file PATH] [options]",
  options: {
    method: { type: "string", short: "X" },
    header: { type: "string", short: "H", multiple: true },
    ...BODY_OPTIONS,
    sender: { type: "string" },
    metadata: { type: "string", short: "m", multiple: true },
    "deliver-at": { type: "string" },
    "deliver-by": { type: "string" },
    "idempotency-key": { type: "string" },
    "ordering-key": { type: "string" },
    "after-failure": { type: "string", choices: ["continue", "block"] },
    wait: { type: "string" },
  },
  explanations: [
    ...BODY_EXPLANATIONS,
    "--method M        GET, POST (unless given), PUT, PATCH or DELETE",
    "--header 'N: V'   a header, as often as needed",
    "--metadata N=V    stored and shown, not sent",
    "--sender S        on whose behalf",
    "--deliver-at T    not before this time: 2026-12-24T08:00:00Z, or 10m for in ten minutes",
    "--deliver-by T    useless afterwards: the same",
    "--idempotency-key K  the same key and the same message are sent once",
    "--ordering-key K  one at a time with the sender's others of this key, in the order they were sent",
    "--after-failure A  block: those behind it wait, once it has failed, until it is retried or skipped",
    "--wait 60s        wait until it is delivered; exit code 1 if it fails, 3 if it takes longer",
  ],
  run: async (invocation) => {
    const { client, terminal, values, positionals, show } = invocation;
    const now = terminal.now();
    const message: MessageInput = {
      targetUrl: onlyArgument(positionals, "URL"),
      method: values.method as MessageInput["method"],
      headers: pairs(values.header, ":", (name) => name.toLowerCase()),
      ...(await bodyOf(values, terminal)),
      senderId: values.sender,
      deliverAt: timeAfter(now, values["deliver-at"], "--deliver-at"),
      deliverBy: timeAfter(now, values["deliver-by"], "--deliver-by"),
      metadata: pairs(values.metadata, "="),
      orderingKey: values["ordering-key"],
      // Which there are, Homing says itself.
      afterFailure: values["after-failure"] as MessageInput["afterFailure"],
    };
    const waitMs = values.wait === undefined ? undefined : durationOf(values.wait, "--wait");
    const options = { idempotencyKey: values["idempotency-key"], signal: terminal.signal };
    const accepted = await client.send(message, options);
    if (waitMs !== undefined) return awaitEnd(invocation, accepted, waitMs);
    show(accepted, (one) => [acceptedLine(one)]);
    return EXIT.done;
  },
});

/** Until the message is finished, or the time is over: then the last that is known is told, and why it ends. */
async function awaitEnd(
  {
    client,
    terminal,
    show,
    note,
  }: Output & { readonly client: HomingClient; readonly terminal: Pick<Terminal, "now" | "wait" | "signal"> },
  accepted: Accepted,
  waitMs: number,
): Promise<ExitCode> {
  const { messageId } = accepted;
  const look = `homing get ${messageId} shows what becomes of it.`;
  let last: { readonly answer: JsonText; readonly message: MessageView };
  try {
    last = await untilFinished(client, messageId, waitMs, terminal);
  } catch (error) {
    if (!terminal.signal.aborted && !(error instanceof HomingError)) throw error;
    show(accepted, (one) => [acceptedLine(one)]);
    const reason = terminal.signal.aborted ? "The wait was ended." : (error as HomingError).message;
    note(`The message was accepted, but how it ended is not known. ${reason} ${look}`);
    return EXIT.temporary;
  }
  const { answer, message } = last;
  show(answer, () => [messageCells(message)]);
  if (FINISHED.has(message.status)) return message.status === "COMPLETED" ? EXIT.done : EXIT.failed;
  note(`Not finished after ${waitMs / 1_000} s: it is ${message.status} still. ${look}`);
  return EXIT.temporary;
}

async function untilFinished(
  client: HomingClient,
  messageId: string,
  waitMs: number,
  terminal: Pick<Terminal, "now" | "wait" | "signal">,
): Promise<{ readonly answer: JsonText; readonly message: MessageView }> {
  const endsAt = terminal.now() + waitMs;
  for (;;) {
    const answer = await client.getJson(messageId, { signal: terminal.signal });
    const message: MessageView = JSON.parse(answer.text);
    if (FINISHED.has(message.status) || terminal.now() >= endsAt) return { answer, message };
    await terminal.wait(POLL_MS, terminal.signal);
  }
}
