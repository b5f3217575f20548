import { type HomingClient, HomingError } from "@homing/client/source/homing-client";
import type { ListFilter, ListItem } from "@homing/client/source/types";
import { command, noArguments } from "./command.ts";
import { messageCells } from "./format.ts";
import { passing } from "./passing.ts";
import { EXIT } from "./terminal.ts";
import { durationOf } from "./times.ts";
import { UsageError } from "./usage-error.ts";

const DEFAULT_INTERVAL = "1s";
/** Unfinished messages off the page that one look asks for one by one; the others have their turn. */
const LONGEST_WATCH = 50;
const PAGE = 100;
/** As far back as one look goes when more has come than fits on a page. */
const LONGEST_LOOK_PAGES = 10;
/** Messages whose last state is remembered; those seen longest ago are forgotten first. */
const REMEMBERED = 10_000;

export const tail = command({
  summary: "Follow messages live: a line for each that comes, and for each change of its status",
  usage: "homing tail [--sender S] [--target HOST] [--endpoint EP] [--interval 1s]",
  options: {
    sender: { type: "string" },
    target: { type: "string" },
    endpoint: { type: "string" },
    interval: { type: "string" },
  },
  explanations: [
    "--sender S        of this sender",
    "--target HOST     to this host",
    "--endpoint EP     that brings events to this endpoint",
    `--interval D      how often to look; ${DEFAULT_INTERVAL} unless given`,
  ],
  run: async ({ client, terminal, values, positionals, format, show, note }) => {
    noArguments(positionals);
    if (format === "json")
      throw new UsageError("--output json would never end; ndjson is one document a line.");
    const intervalMs = durationOf(values.interval ?? DEFAULT_INTERVAL, "--interval");
    const { signal } = terminal;
    const watch = new Watch(client, {
      senderId: values.sender,
      target: values.target,
      endpointId: values.endpoint,
    });
    await watch.begin(signal);
    while (!signal.aborted) {
      for (const item of await watch.changes(signal).catch(passing<ListItem[]>(signal, note, [])))
        show(item, (one) => [messageCells(one)]);
      await terminal.wait(intervalMs, signal);
    }
    return EXIT.done;
  },
});

type Watched = Pick<ListFilter, "senderId" | "target" | "endpointId">;

/** Remembers how messages were last seen. */
class Watch {
  readonly #client: HomingClient;
  readonly #filter: Watched;
  readonly #seen = new Map<string, string>();
  /** Messages that something will still happen to. */
  readonly #open = new Map<string, ListItem>();

  constructor(client: HomingClient, filter: Watched) {
    this.#client = client;
    this.#filter = filter;
  }

  /** What is there already is not news, but what becomes of it is. */
  async begin(signal: AbortSignal): Promise<void> {
    for (const item of await this.#newest(1, signal)) this.#note(item);
  }

  /** What has changed since the last call, the oldest message first. */
  async changes(signal: AbortSignal): Promise<ListItem[]> {
    const newest = await this.#newest(LONGEST_LOOK_PAGES, signal);
    const onPage = new Set(newest.map(({ messageId }) => messageId));
    const watched = [...this.#open.keys()]
      .filter((messageId) => !onPage.has(messageId))
      .slice(0, LONGEST_WATCH);
    const others = await Promise.all(watched.map((messageId) => this.#get(messageId, signal)));
    return [...others.flat(), ...newest.reverse()].filter((item) => this.#note(item));
  }

  /** Nothing if the message is gone: it has expired. */
  async #get(messageId: string, signal: AbortSignal): Promise<ListItem[]> {
    try {
      const message = await this.#client.get(messageId, { signal });
      const { headers: _, body: __, history: ___, historyOmitted: ____, attempts: _____, ...item } = message;
      return [item];
    } catch (error) {
      if (!(error instanceof HomingError) || error.code !== "NOT_FOUND") throw error;
      this.#open.delete(messageId);
      return [];
    }
  }

  /** The newest messages, back to the first page that holds one that was seen before. */
  async #newest(pages: number, signal: AbortSignal): Promise<ListItem[]> {
    const items: ListItem[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < pages; page += 1) {
      const next = await this.#client.listPage({ ...this.#filter, limit: PAGE, cursor }, { signal });
      items.push(...next.items);
      cursor = next.nextCursor;
      if (cursor === undefined || next.items.some(({ messageId }) => this.#seen.has(messageId))) break;
    }
    return items;
  }

  /** Whether this is news. */
  #note(item: ListItem): boolean {
    const state = `${item.status} ${item.attemptCount} ${item.sends.rollbacks}`;
    const isNews = this.#seen.get(item.messageId) !== state;
    this.#seen.delete(item.messageId);
    this.#seen.set(item.messageId, state);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > REMEMBERED && oldest !== undefined) this.#seen.delete(oldest);
    this.#open.delete(item.messageId);
    // Put at the end: those that nobody has looked at for longest come first.
    if (item.finishedAt === undefined) this.#open.set(item.messageId, item);
    return isNews;
  }
}
