/** Coming from Svix: its applications become senders, its endpoints endpoints with the secrets that they have. */
import { type HomingClient, HomingError } from "@homing/client/source/homing-client";
import { command, noArguments } from "./command.ts";
import type { CommandLine } from "./main.ts";
import type { Cell, Output } from "./output.ts";
import { SvixApi, type SvixApplication, type SvixEndpoint, SvixError } from "./svix-api.ts";
import { type Mapping, type MappingOptions, mapEndpoint, senderOf } from "./svix-mapping.ts";
import { EXIT, type Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import { utf8Of } from "./utf8.ts";

const STATES = ["ACTIVE", "PAUSED", "DISABLED"] as const;
/** Svix's tokens end with the region that they are for. */
const REGION = /\.(eu|us|ca|au|in)$/;
/** What can stand in a header. */
const TOKEN = /^[\x21-\x7e]+$/;

type Outcome = "created" | "there already" | "would be created" | "differs" | "not imported";

interface Imported {
  readonly outcome: Outcome;
  readonly application: string;
  readonly senderId: string;
  readonly svixEndpointId: string;
  readonly endpointId?: string;
  readonly url: string;
  /** What is not the same here, or why it was not imported. */
  readonly notes: readonly string[];
}

const svix = command({
  summary: "Bring applications, endpoints, secrets and headers along from Svix",
  usage: "SVIX_TOKEN=… homing import svix [--dry-run] [options]",
  options: {
    "svix-url": { type: "string" },
    "token-stdin": { type: "boolean" },
    app: { type: "string" },
    state: { type: "string", choices: STATES },
    "without-svix-headers": { type: "boolean" },
    "dry-run": { type: "boolean" },
  },
  explanations: [
    "--dry-run         read everything and say what would be done; create nothing",
    "--app A           only this application, by its id or uid",
    "--state S         how endpoints begin that are not disabled there: ACTIVE (unless given), PAUSED, DISABLED",
    "--svix-url URL    of another region, or of a server of your own; otherwise the region of the token",
    "--token-stdin     the token from standard input, not from SVIX_TOKEN",
    "--without-svix-headers  deliveries carry webhook-id, -timestamp and -signature only, not svix-… as well",
    "",
    "An application becomes a sender, by its uid. It can be repeated: what is there already stays as it is. Says of",
    "each endpoint what could not be brought along. The key needs the scopes read and endpoints, for all senders.",
  ],
  run: async ({ client, terminal, values, positionals, showAll, note }) => {
    noArguments(positionals);
    const token = values["token-stdin"]
      ? utf8Of(await terminal.stdin(), "standard input").trim()
      : (terminal.env.SVIX_TOKEN ?? "");
    const { signal, wait } = terminal;
    const api = new SvixApi({ url: urlOf(values["svix-url"], token), token, signal, wait, note });
    const importing = {
      api,
      client,
      terminal,
      dryRun: values["dry-run"] === true,
      options: { state: stateOf(values.state), svixHeaders: values["without-svix-headers"] !== true },
    };
    const counts = new Map<Outcome, number>();
    const failed = await showAll(counted(all(importing, values.app), counts), cellsOf).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failed === undefined || counts.size > 0) tellCounts(counts, note);
    if (failed === undefined)
      return counts.has("not imported") || counts.has("differs") ? EXIT.failed : EXIT.done;
    if (!(failed instanceof SvixError)) throw failed;
    note(`${failed.message} What was imported stays; repeat the command to go on.`);
    return failed.status === undefined || failed.status === 429 || failed.status >= 500
      ? EXIT.temporary
      : EXIT.failed;
  },
});

export const IMPORT: CommandLine = {
  name: "homing import",
  about: "Brings along what another service knows.",
  commands: { svix },
};

interface Importing {
  readonly api: SvixApi;
  readonly client: HomingClient;
  readonly terminal: Pick<Terminal, "signal">;
  readonly dryRun: boolean;
  readonly options: MappingOptions;
}

async function* all(importing: Importing, only: string | undefined): AsyncGenerator<Imported> {
  const { api } = importing;
  const applications = only === undefined ? api.applications() : [await api.application(only)];
  for await (const application of applications) {
    const known = await knownOf(importing, application);
    for await (const endpoint of api.endpoints(application))
      yield await importOne(importing, application, endpoint, known.get(endpoint.id));
  }
}

/** What has been imported of an application: endpoint ids by Svix's. */
async function knownOf(
  { client, terminal }: Importing,
  application: SvixApplication,
): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>();
  const listed = client.endpoints.list({ senderId: senderOf(application) }, { signal: terminal.signal });
  for await (const { endpointId, metadata = {} } of listed)
    if (metadata.svixId !== undefined) known.set(metadata.svixId, endpointId);
  return known;
}

async function importOne(
  importing: Importing,
  application: SvixApplication,
  endpoint: SvixEndpoint,
  known: string | undefined,
): Promise<Imported> {
  const { api, options } = importing;
  const [secret, headers, isTransformed] = await Promise.all([
    api.secret(application, endpoint),
    api.headers(application, endpoint),
    api.isTransformed(application, endpoint),
  ]);
  const mapping = mapEndpoint({ application, endpoint, secret, headers, isTransformed }, options);
  const { senderId, notes } = mapping;
  return {
    application: application.uid ?? application.id,
    senderId,
    svixEndpointId: endpoint.id,
    url: endpoint.url,
    notes,
    ...(known === undefined ? {} : { endpointId: known }),
    ...(await create(importing, mapping, known !== undefined)),
  };
}

type Created = Pick<Imported, "outcome"> & Partial<Pick<Imported, "endpointId" | "notes">>;

/** @throws whatever says more of Homing than of this endpoint */
async function create(
  { client, terminal, dryRun }: Importing,
  { endpoint, idempotencyKey, notes }: Mapping,
  isKnown: boolean,
): Promise<Created> {
  if (endpoint === undefined) return { outcome: "not imported" };
  if (dryRun) return { outcome: isKnown ? "there already" : "would be created" };
  const { signal } = terminal;
  try {
    const { endpointId } = await client.endpoints.create(endpoint, { idempotencyKey, signal });
    return { outcome: isKnown ? "there already" : "created", endpointId };
  } catch (error) {
    if (!(error instanceof HomingError)) throw error;
    const why = error.message.endsWith(".") ? error.message : `${error.message}.`;
    switch (error.code) {
      case "IDEMPOTENCY_KEY_REUSED":
        return {
          outcome: "differs",
          notes: ["It was imported before, and was another then; nothing is changed here."],
        };
      case "VALIDATION_ERROR":
      case "CONFLICT":
        return { outcome: "not imported", notes: [why, ...notes] };
      default:
        throw error;
    }
  }
}

async function* counted(
  items: AsyncIterable<Imported>,
  counts: Map<Outcome, number>,
): AsyncGenerator<Imported> {
  for await (const item of items) {
    counts.set(item.outcome, (counts.get(item.outcome) ?? 0) + 1);
    yield item;
  }
}

function tellCounts(counts: ReadonlyMap<Outcome, number>, note: Output["note"]): void {
  const told = [...counts].map(([outcome, count]) => `${count} ${outcome}`);
  note(told.length === 0 ? "No endpoints." : `${told.join(", ")}.`);
}

function cellsOf({
  outcome,
  senderId,
  svixEndpointId,
  endpointId = "",
  url,
  notes,
}: Imported): readonly Cell[] {
  const style = outcome === "differs" || outcome === "not imported" ? "red" : "green";
  return [{ text: outcome, style }, senderId, svixEndpointId, endpointId, url, notes.join(" ")];
}

/** @throws UsageError */
function urlOf(given: string | undefined, token: string): string {
  if (!TOKEN.test(token)) throw new UsageError("SVIX_TOKEN is missing, or holds more than a token of Svix.");
  const region = REGION.exec(token)?.[1];
  const url = given ?? (region === undefined ? undefined : `https://api.${region}.svix.com`);
  if (url === undefined) throw new UsageError("--svix-url is missing: the token does not tell its region.");
  const { protocol = "" } = URL.canParse(url) ? new URL(url) : {};
  if (protocol !== "https:" && protocol !== "http:")
    throw new UsageError(`--svix-url: "${url}" is no URL such as https://api.eu.svix.com.`);
  return url;
}

/** @throws UsageError */
function stateOf(text: string | undefined): MappingOptions["state"] {
  if (text === undefined) return undefined;
  const state = STATES.find((one) => one === text.toUpperCase());
  if (state === undefined) throw new UsageError(`--state: "${text}" is none of ${STATES.join(", ")}.`);
  return state;
}
