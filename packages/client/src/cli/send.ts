import { readFile } from "node:fs/promises";
import type { HomingClient } from "../homing-client.ts";
import type { MessageInput, MessageView } from "../types.ts";
import { command, durationOf, onlyArgument, pairs } from "./command.ts";
import { messageLine } from "./format.ts";
import { EXIT, type Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

const POLL_MS = 250;
const FINISHED = new Set(["COMPLETED", "FAILED", "CANCELLED"]);

export const send = command({
  summary: "Send a message",
  usage: "homing send URL [--data JSON | --text TEXT | --file PATH] [options]",
  options: {
    method: { type: "string", short: "X" },
    header: { type: "string", short: "H", multiple: true },
    data: { type: "string", short: "d" },
    text: { type: "string" },
    file: { type: "string" },
    sender: { type: "string" },
    metadata: { type: "string", short: "m", multiple: true },
    "deliver-at": { type: "string" },
    "deliver-by": { type: "string" },
    "idempotency-key": { type: "string" },
    wait: { type: "string" },
  },
  explanations: [
    "--data JSON       the body, as JSON; - reads it from standard input",
    "--text TEXT       the body, as plain text",
    "--file PATH       the body, as JSON from a file",
    "--method M        GET, POST (unless given), PUT, PATCH or DELETE",
    "--header 'N: V'   a header, as often as needed",
    "--metadata N=V    stored and shown, not sent",
    "--sender S        on whose behalf",
    "--deliver-at T    not before this time",
    "--deliver-by T    useless afterwards",
    "--idempotency-key K  the same key and the same message are sent once",
    "--wait 60s        wait until it is delivered; exit code 1 if it fails, 3 if it takes longer",
  ],
  run: async ({ client, terminal, values, positionals, json: asJson }) => {
    const message: MessageInput = {
      targetUrl: onlyArgument(positionals, "URL"),
      method: values.method as MessageInput["method"],
      headers: pairs(values.header, ":"),
      ...(await bodyOf(values, terminal)),
      senderId: values.sender,
      deliverAt: values["deliver-at"],
      deliverBy: values["deliver-by"],
      metadata: pairs(values.metadata, "="),
    };
    const waitMs = values.wait === undefined ? undefined : durationOf(values.wait, "--wait");
    const options = { idempotencyKey: values["idempotency-key"], signal: terminal.signal };
    const accepted = await client.send(message, options);
    if (waitMs === undefined) {
      const { messageId, status, duplicate } = accepted;
      terminal.out(
        asJson ? JSON.stringify(accepted) : `${messageId}  ${status}${duplicate ? "  sent before" : ""}`,
      );
      return EXIT.done;
    }
    const finished = await untilFinished(client, accepted.messageId, waitMs, terminal);
    terminal.out(asJson ? JSON.stringify(finished) : messageLine(finished, terminal.isInteractive));
    if (!FINISHED.has(finished.status)) return EXIT.temporary;
    return finished.status === "COMPLETED" ? EXIT.done : EXIT.failed;
  },
});

interface BodyValues {
  readonly data?: string | undefined;
  readonly text?: string | undefined;
  readonly file?: string | undefined;
}

async function bodyOf({ data, text, file }: BodyValues, terminal: Terminal): Promise<{ body?: unknown }> {
  if ([data, text, file].filter((one) => one !== undefined).length > 1)
    throw new UsageError("Give one of --data, --text and --file.");
  if (text !== undefined) return { body: text };
  if (file !== undefined) return { body: parseBody(await readBodyFile(file), file) };
  if (data === undefined) return {};
  return { body: parseBody(data === "-" ? await terminal.stdin() : data, "--data") };
}

async function readBodyFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new UsageError(`--file: "${path}" cannot be read.`);
  }
}

// TypeScript's library does not know JSON source text access yet.
const json: {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
} = JSON as never;

/** Numbers stay as they are written, digit for digit. */
function parseBody(text: string, source: string): unknown {
  try {
    return json.parse(text, (_key, value, context) =>
      typeof value === "number" && context.source !== undefined ? json.rawJSON(context.source) : value,
    );
  } catch {
    throw new UsageError(`${source}: is not JSON; use --text for plain text.`);
  }
}

async function untilFinished(
  client: HomingClient,
  messageId: string,
  waitMs: number,
  terminal: Terminal,
): Promise<MessageView> {
  const endsAt = terminal.now() + waitMs;
  for (;;) {
    const message = await client.get(messageId, { signal: terminal.signal });
    if (FINISHED.has(message.status) || terminal.now() >= endsAt) return message;
    await terminal.wait(POLL_MS, terminal.signal);
  }
}
