/** `homing endpoints`: the registered targets of events. */
import { BODY_EXPLANATIONS, BODY_OPTIONS, bodyOf } from "./body-options.ts";
import { command, noArguments, onlyArgument } from "./command.ts";
import { endpointCells, endpointLines, secretLines } from "./endpoint-format.ts";
import {
  ENDPOINT_EXPLANATIONS,
  ENDPOINT_OPTIONS,
  endpointOf,
  patchOf,
  UNSET_EXPLANATIONS,
} from "./endpoint-options.ts";
import { isAgreed } from "./is-agreed.ts";
import { LIMIT_EXPLANATION, LIMIT_OPTION, limitOf } from "./limit.ts";
import type { CommandLine } from "./main.ts";
import { MANY_EXPLANATIONS, MANY_OPTIONS, moveMany } from "./move-many.ts";
import { EXIT, type Terminal } from "./terminal.ts";
import { durationOf, timeBefore } from "./times.ts";
import { UsageError } from "./usage-error.ts";
import { utf8Of } from "./utf8.ts";

const STATES = ["ACTIVE", "PAUSED", "DISABLED"] as const;
const HEALTHS = ["OK", "FAILING"] as const;
const ID = "Endpoint id";

const create = command({
  summary: "Register an endpoint",
  usage: "homing endpoints create URL [--event-type T] [options]",
  options: {
    ...ENDPOINT_OPTIONS,
    sender: { type: "string" },
    state: { type: "string", choices: STATES },
    "secret-stdin": { type: "boolean" },
    "idempotency-key": { type: "string" },
  },
  explanations: [
    "--sender S        whose events it gets",
    ...ENDPOINT_EXPLANATIONS,
    "--state S         ACTIVE, unless given; a DISABLED one gets no events",
    "--secret-stdin    a secret that you bring along, from standard input; otherwise it gets one of its own",
    "--idempotency-key K  the same key and the same endpoint are registered once",
  ],
  run: async ({ client, terminal, values, positionals, show, note, json }) => {
    const url = onlyArgument(positionals, "URL");
    const endpoint = {
      ...endpointOf(values),
      url,
      senderId: values.sender,
      state: oneOf(STATES, values.state, "--state"),
      secret: values["secret-stdin"] ? await secretOf(terminal) : undefined,
    };
    const options = { idempotencyKey: values["idempotency-key"], signal: terminal.signal };
    const created = await client.endpoints.create(endpoint, options);
    show(created, (one) => [endpointCells(one)]);
    if (!json) note(`homing endpoints secret ${created.endpointId} shows what its receiver verifies with.`);
    return EXIT.done;
  },
});

const list = command({
  summary: "List endpoints, newest first",
  usage: "homing endpoints list [--sender S] [--state S] [--health H]",
  options: {
    ...LIMIT_OPTION,
    sender: { type: "string" },
    state: { type: "string", choices: STATES },
    health: { type: "string", choices: HEALTHS },
    "id-part": { type: "string" },
  },
  explanations: [
    "--sender S        of this sender",
    `--state S         ${STATES.join(", ")}`,
    `--health H        ${HEALTHS.join(", ")}: those at which nothing gets through`,
    "--id-part P       those with this in their id, at least 4 characters; ep_P: it begins so",
    LIMIT_EXPLANATION,
  ],
  run: async ({ client, terminal, values, positionals, showAll, note, json }) => {
    noArguments(positionals);
    const filter = {
      senderId: values.sender,
      state: oneOf(STATES, values.state, "--state"),
      health: oneOf(HEALTHS, values.health, "--health"),
      idPart: values["id-part"],
    };
    const endpoints = client.endpoints.list(filter, { signal: terminal.signal });
    const listed = await showAll(endpoints, endpointCells, limitOf(values.limit));
    if (listed === 0 && !json) note("Nothing.");
    return EXIT.done;
  },
});

const get = command({
  summary: "Show an endpoint",
  usage: "homing endpoints get ENDPOINT_ID",
  options: {},
  explanations: [],
  run: async ({ client, terminal, positionals, show }) => {
    const { signal } = terminal;
    show(await client.endpoints.get(onlyArgument(positionals, ID), { signal }), endpointLines);
    return EXIT.done;
  },
});

const update = command({
  summary: "Change an endpoint",
  usage: "homing endpoints update ENDPOINT_ID [options]",
  options: { ...ENDPOINT_OPTIONS, to: { type: "string" }, unset: { type: "string", multiple: true } },
  explanations: [
    "--to URL          where its events are delivered",
    ...ENDPOINT_EXPLANATIONS,
    ...UNSET_EXPLANATIONS,
    "Event types and channels are replaced; headers and metadata are added to those that are there.",
  ],
  refusesUrl: "--url would say where Homing is; --to URL says where its events are delivered.",
  run: async ({ client, terminal, values, positionals, show }) => {
    const endpointId = onlyArgument(positionals, ID);
    const patch = patchOf({ ...values, url: values.to }, values.unset);
    show(await client.endpoints.update(endpointId, patch, { signal: terminal.signal }), endpointLines);
    return EXIT.done;
  },
});

/** A command that moves an endpoint into a state. */
const moving = (verb: "pause" | "disable" | "activate", summary: string) =>
  command({
    summary,
    usage: `homing endpoints ${verb} ENDPOINT_ID`,
    options: {},
    explanations: [],
    run: async ({ client, terminal, positionals, show }) => {
      const { signal } = terminal;
      const moved = await client.endpoints[verb](onlyArgument(positionals, ID), { signal });
      show(moved, (one) => [endpointCells(one)]);
      return EXIT.done;
    },
  });

const remove = command({
  summary: "Delete an endpoint",
  usage: "homing endpoints delete ENDPOINT_ID",
  options: { yes: { type: "boolean", short: "y" } },
  explanations: ["--yes, -y         do not ask"],
  run: async ({ client, terminal, values, positionals, show, note }) => {
    const endpointId = onlyArgument(positionals, ID);
    if (!values.yes && !(await isAgreed(terminal, "Delete", `endpoint ${endpointId}`))) {
      note("Nothing was deleted.");
      return EXIT.failed;
    }
    const deleted = await client.endpoints.delete(endpointId, { signal: terminal.signal });
    show(deleted, (one) => [[one.endpointId, one.state]]);
    return EXIT.done;
  },
});

const secret = command({
  summary: "Show what the receiver of an endpoint verifies with",
  usage: "homing endpoints secret ENDPOINT_ID",
  options: {},
  explanations: [],
  run: async ({ client, terminal, positionals, show }) => {
    const { signal } = terminal;
    show(await client.endpoints.secret(onlyArgument(positionals, ID), { signal }), secretLines);
    return EXIT.done;
  },
});

const rotate = command({
  summary: "Give an endpoint a new secret; the old one signs along for a day",
  usage: "homing endpoints rotate ENDPOINT_ID [--grace 24h] [--secret-stdin]",
  options: { grace: { type: "string" }, "secret-stdin": { type: "boolean" } },
  explanations: [
    "--grace D         for so long deliveries are signed with the old secret as well; 24h unless given",
    "--secret-stdin    a secret that you bring along, from standard input",
  ],
  run: async ({ client, terminal, values, positionals, show }) => {
    const endpointId = onlyArgument(positionals, ID);
    const rotation = {
      graceSeconds:
        values.grace === undefined ? undefined : Math.round(durationOf(values.grace, "--grace") / 1_000),
      secret: values["secret-stdin"] ? await secretOf(terminal) : undefined,
    };
    show(await client.endpoints.rotate(endpointId, rotation, { signal: terminal.signal }), secretLines);
    return EXIT.done;
  },
});

const test = command({
  summary: "Try an endpoint with an event of its own, whatever its types and its state",
  usage: "homing endpoints test ENDPOINT_ID [--event-type T] [--data JSON | --text TEXT | --file PATH]",
  options: { ...BODY_OPTIONS, "event-type": { type: "string" } },
  explanations: ["--event-type T    homing.test unless given", ...BODY_EXPLANATIONS],
  run: async ({ client, terminal, values, positionals, show, note, json }) => {
    const endpointId = onlyArgument(positionals, ID);
    const { body } = await bodyOf(values, terminal);
    const event = { eventType: values["event-type"], ...(body === undefined ? {} : { body }) };
    const tested = await client.endpoints.test(endpointId, event, { signal: terminal.signal });
    show(tested, ({ eventId, messageId }) => [[eventId, messageId]]);
    if (!json) note(`homing get ${tested.messageId} shows what the endpoint answered.`);
    return EXIT.done;
  },
});

const MISSED = ["failed", "undelivered", "missing"] as const;

const replay = command({
  summary: "Bring an endpoint what failed there, or what it has missed",
  usage: "homing endpoints replay ENDPOINT_ID --include failed|undelivered|missing --since TIME [options]",
  options: {
    ...MANY_OPTIONS,
    include: { type: "string", choices: MISSED },
    since: { type: "string" },
    until: { type: "string" },
    "event-type": { type: "string" },
  },
  explanations: [
    "--include I       failed: its failed messages, a new round each; undelivered: these, and what waits for",
    "                  another attempt, now; missing: events that match it now and never went there. Counts",
    "                  them, and asks",
    "--since TIME      accepted at or after: 2026-12-24T08:00:00Z, or 2h for two hours ago",
    "--until TIME      accepted before: the same",
    "--event-type T    only events of exactly this type",
    ...MANY_EXPLANATIONS,
  ],
  run: async (invocation) => {
    const { client, terminal, values, positionals } = invocation;
    const endpointId = onlyArgument(positionals, ID);
    const include = MISSED.find((one) => one === values.include);
    if (include === undefined) throw new UsageError("--include: say failed, undelivered or missing.");
    const now = terminal.now();
    const since = timeBefore(now, values.since, "--since");
    if (since === undefined) throw new UsageError("--since is missing.");
    const until = timeBefore(now, values.until, "--until");
    const filter = { include, since, until, eventType: values["event-type"] };
    const { signal } = terminal;
    return moveMany(
      { ...invocation, positionals: [] },
      {
        verb: "Replay",
        done: "replayed",
        which: include,
        noun: include === "missing" ? "event" : "message",
        count: () => client.endpoints.countReplay(endpointId, filter, { signal }),
        stretches: () => client.endpoints.replayAll(endpointId, filter, { signal }),
      },
    );
  },
});

export const ENDPOINTS: CommandLine = {
  name: "homing endpoints",
  about: "Manages endpoints: the registered targets of events.",
  commands: {
    create,
    list,
    get,
    update,
    pause: moving("pause", "Hold the deliveries of an endpoint until it is activated"),
    activate: moving("activate", "Let an endpoint get events again, and what was held"),
    disable: moving("disable", "Let an endpoint get no more events, and what waits for it fail"),
    delete: remove,
    secret,
    rotate,
    test,
    replay,
  },
};

/** @throws UsageError */
function oneOf<T extends string>(
  known: readonly T[],
  text: string | undefined,
  option: string,
): T | undefined {
  if (text === undefined) return undefined;
  const found = known.find((one) => one === text.toUpperCase());
  if (found === undefined) throw new UsageError(`${option}: "${text}" is none of ${known.join(", ")}.`);
  return found;
}

/** No option takes a secret: other users of a machine can read its command lines. */
async function secretOf(terminal: Pick<Terminal, "stdin">): Promise<string> {
  const text = utf8Of(await terminal.stdin(), "standard input").trim();
  if (text === "") throw new UsageError("--secret-stdin: standard input is empty.");
  return text;
}
