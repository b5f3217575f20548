/** `homing event`: events, and where they went. */
import type { EventInput } from "@homing/client/source/types";
import { BODY_EXPLANATIONS, BODY_OPTIONS, bodyOf } from "./body-options.ts";
import { command, noArguments, onlyArgument, pairs } from "./command.ts";
import { dryRunLines, eventCells, eventLines, explainLines, sentLine } from "./event-format.ts";
import { LIMIT_EXPLANATION, LIMIT_OPTION, limitOf } from "./limit.ts";
import type { CommandLine } from "./main.ts";
import { memberText } from "./member-text.ts";
import { EXIT } from "./terminal.ts";
import { timeAfter, timeBefore } from "./times.ts";
import { UsageError } from "./usage-error.ts";

const ID = "Event id";

const send = command({
  summary: "Send an event to every endpoint of its sender that matches",
  usage: "homing event send TYPE [--data JSON | --text TEXT | --file PATH] [options]",
  options: {
    ...BODY_OPTIONS,
    sender: { type: "string" },
    channel: { type: "string", multiple: true },
    endpoint: { type: "string" },
    header: { type: "string", short: "H", multiple: true },
    metadata: { type: "string", short: "m", multiple: true },
    "deliver-by": { type: "string" },
    "idempotency-key": { type: "string" },
    "dry-run": { type: "boolean" },
  },
  explanations: [
    ...BODY_EXPLANATIONS,
    "--sender S        on whose behalf",
    "--channel C       it goes to endpoints that share a channel with it or name none, as often as needed",
    "--endpoint EP     to this endpoint alone, whatever its types and channels",
    "--header 'N: V'   a header, as often as needed",
    "--metadata N=V    stored and shown, not sent",
    "--deliver-by T    useless afterwards: 2026-12-24T08:00:00Z, or 10m for in ten minutes",
    "--idempotency-key K  the same key and the same event are sent once",
    "--dry-run         only tell where it would go",
  ],
  run: async ({ client, terminal, values, positionals, show }) => {
    const eventType = onlyArgument(positionals, "Event type");
    const { body } = await bodyOf(values, terminal);
    if (body === undefined) throw new UsageError("Give one of --data, --text and --file.");
    const event: EventInput = {
      eventType,
      body,
      senderId: values.sender,
      channels: values.channel,
      endpointId: values.endpoint,
      headers: pairs(values.header, ":", (name) => name.toLowerCase()),
      metadata: pairs(values.metadata, "="),
      deliverBy: timeAfter(terminal.now(), values["deliver-by"], "--deliver-by"),
    };
    const { signal } = terminal;
    if (values["dry-run"]) {
      show(await client.events.dryRun(event, { signal }), dryRunLines);
    } else {
      const options = { idempotencyKey: values["idempotency-key"], signal };
      show(await client.events.send(event, options), (one) => [sentLine(one)]);
    }
    return EXIT.done;
  },
});

const get = command({
  summary: "Show an event and its deliveries",
  usage: "homing event get EVENT_ID",
  options: {},
  explanations: [],
  run: async ({ client, terminal, positionals, show }) => {
    const { signal } = terminal;
    const answer = await client.events.getJson(onlyArgument(positionals, ID), { signal });
    show(answer, ({ text }) => eventLines(JSON.parse(text), memberText(text, "body")));
    return EXIT.done;
  },
});

const explain = command({
  summary: "Show which endpoints got an event, which did not, and why",
  usage: "homing event explain EVENT_ID",
  options: {},
  explanations: ["Why not is told by what the endpoints are now."],
  run: async ({ client, terminal, positionals, show }) => {
    const options = { explain: true, signal: terminal.signal };
    show(await client.events.get(onlyArgument(positionals, ID), options), explainLines);
    return EXIT.done;
  },
});

const cancel = command({
  summary: "Cancel what is not delivered yet of an event",
  usage: "homing event cancel EVENT_ID",
  options: {},
  explanations: [],
  run: async ({ client, terminal, positionals, show }) => {
    const { signal } = terminal;
    show(await client.events.cancel(onlyArgument(positionals, ID), { signal }), ({ cancelled, skipped }) => [
      `${cancelled} cancelled, ${skipped} skipped`,
    ]);
    return EXIT.done;
  },
});

const retry = command({
  summary: "Make the messages of an event that are missing, as could not be done before",
  usage: "homing event retry EVENT_ID",
  options: {},
  explanations: ["What has failed of those that were made: homing retry --all --event EVENT_ID."],
  run: async ({ client, terminal, positionals, show }) => {
    const { signal } = terminal;
    show(await client.events.retry(onlyArgument(positionals, ID), { signal }), (event) => [
      eventCells(event),
    ]);
    return EXIT.done;
  },
});

const list = command({
  summary: "List events, newest first",
  usage: "homing event list [--sender S] [--unmatched] [options]",
  options: {
    ...LIMIT_OPTION,
    sender: { type: "string" },
    type: { type: "string" },
    unmatched: { type: "boolean" },
    "id-part": { type: "string" },
    "correlation-id": { type: "string" },
    metadata: { type: "string" },
    since: { type: "string" },
    until: { type: "string" },
    "idempotency-key": { type: "string" },
  },
  explanations: [
    "--sender S        of this sender",
    "--type T          of exactly this type",
    "--unmatched       those that went to no endpoint",
    "--id-part P       those with this in their id, at least 4 characters; evt_P: it begins so",
    "--correlation-id C  those that came with a call of this correlation id",
    "--metadata N=V    those whose metadata have this value under this name",
    "--since TIME      accepted at or after: 2026-12-24T08:00:00Z, or 2h for two hours ago",
    "--until TIME      accepted before: the same",
    "--idempotency-key K  the event of this key; with --sender",
    LIMIT_EXPLANATION,
  ],
  run: async ({ client, terminal, values, positionals, showAll, note, json }) => {
    noArguments(positionals);
    const now = terminal.now();
    const filter = {
      senderId: values.sender,
      eventType: values.type,
      matched: values.unmatched ? ("none" as const) : undefined,
      idPart: values["id-part"],
      correlationId: values["correlation-id"],
      metadata: values.metadata,
      since: timeBefore(now, values.since, "--since"),
      until: timeBefore(now, values.until, "--until"),
      idempotencyKey: values["idempotency-key"],
    };
    const events = client.events.list(filter, { signal: terminal.signal });
    const listed = await showAll(events, eventCells, limitOf(values.limit));
    if (listed === 0 && !json) note("Nothing.");
    return EXIT.done;
  },
});

export const EVENTS: CommandLine = {
  name: "homing event",
  about: "Sends events and shows where they went.",
  commands: { send, get, list, explain, retry, cancel },
};
