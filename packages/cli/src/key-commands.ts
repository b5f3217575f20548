/** The commands of `npm run keys`. */
import type { Scope } from "@homing/client/source/types";
import { type Command, command, noArguments, onlyArgument } from "./command.ts";
import { keyCells } from "./format.ts";
import { EXIT } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

const SCOPES = ["send", "read", "endpoints", "operate"] as const satisfies readonly Scope[];

const STAGE = "--stage NAME      a deployed stage, through `sst shell`";
const stageOption = { stage: { type: "string" } } as const;

const create = command({
  summary: "Create a key",
  usage: "npm run keys -- create --sender S|'*' --scopes send,read [--name N] [--expires-in 12h]",
  options: {
    ...stageOption,
    sender: { type: "string" },
    scopes: { type: "string" },
    name: { type: "string" },
    "expires-in": { type: "string" },
  },
  explanations: [
    "--sender S        the one sender it speaks for; '*' for all of them",
    "--scopes A,B      send: send, and retry or cancel what it may see; read: see; endpoints: manage endpoints,",
    "                  and retry and replay what goes to them; operate: all of them, and keys",
    "--name N          for you, to tell keys apart",
    "--expires-in D    valid for so long, 1m to 90d; until it is revoked unless given",
    STAGE,
  ],
  run: async ({ client, values, positionals, json, show, note }) => {
    noArguments(positionals);
    const { sender, scopes, name } = values;
    if (sender === undefined) throw new UsageError("--sender is missing; '*' means all senders.");
    const created = await client.createKey({
      senderId: sender,
      scopes: scopesOf(scopes),
      name,
      expiresIn: values["expires-in"],
    });
    const { key, keyId, senderId, expiresAt, signingSecret } = created;
    show(created, () => [key]);
    const until = expiresAt === undefined ? "" : `, valid until ${expiresAt}`;
    if (!json) note(`Key ${keyId} of ${senderId}${until}. It is shown this once.`);
    if (!json && signingSecret !== undefined) {
      show(signingSecret, (secret) => [secret]);
      note(`Above: the secret that receivers of ${senderId} verify with. It is shown this once.`);
    }
    return EXIT.done;
  },
});

const list = command({
  summary: "List keys, newest first",
  usage: "npm run keys -- list [--sender S|'*']",
  options: { ...stageOption, sender: { type: "string" } },
  explanations: ["--sender S        of this sender only; '*' for the keys of all senders", STAGE],
  run: async ({ client, values, positionals, showAll }) => {
    noArguments(positionals);
    await showAll(await client.listKeys({ senderId: values.sender }), keyCells);
    return EXIT.done;
  },
});

const revoke = command({
  summary: "Revoke a key; within 60 seconds nothing accepts it",
  usage: "npm run keys -- revoke KEY_ID",
  options: stageOption,
  explanations: [STAGE],
  run: async ({ client, positionals, show }) => {
    const revoked = await client.revokeKey(onlyArgument(positionals, "Key id"));
    show(revoked, (one) => [keyCells(one)]);
    return EXIT.done;
  },
});

const rotate = command({
  summary: "Replace a sender's signing secret; the old one signs along for 24 hours",
  usage: "npm run keys -- rotate SENDER",
  options: stageOption,
  explanations: [STAGE],
  run: async ({ client, positionals, json, show, note }) => {
    const rotated = await client.rotateSender(onlyArgument(positionals, "Sender"));
    show(rotated, ({ signingSecret }) => [signingSecret]);
    if (!json) note(`It is shown this once. The old secret is valid until ${rotated.previousValidUntil}.`);
    return EXIT.done;
  },
});

export const KEY_COMMANDS: Readonly<Record<string, Command>> = { create, list, revoke, rotate };

function scopesOf(text: string | undefined): Scope[] {
  const scopes = (text ?? "").split(",").map((scope) => scope.trim());
  const unknown = scopes.filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (unknown.length > 0) throw new UsageError(`--scopes: give one or more of ${SCOPES.join(",")}.`);
  return scopes as Scope[];
}
