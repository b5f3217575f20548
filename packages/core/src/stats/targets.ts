/**
 * How the targets of messages fare: hosts, and endpoints. Nothing is written for it, and no message read because of its
 * age: it is told of the newest messages, and of those that have failed or wait for another attempt.
 */
import type { Clock } from "../clock.ts";
import { DAY } from "../duration.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import type { EndpointOwner, EndpointStore } from "../endpoint/endpoint-store.ts";
import { isDelivery, LIST_GROUPS, type Message } from "../message/message.ts";
import type { ListQuery, MessageStore, PayloadSummary } from "../store/message-store.ts";
import { isOpenFailure } from "./stats-of-sender.ts";
import { type TargetHealth, type TargetMessages, targetHealth, worstFirst } from "./target-health.ts";

export interface TargetDependencies {
  readonly store: Pick<MessageStore, "list" | "listDue" | "getMany" | "getSummaries" | "getDetail">;
  readonly endpoints: Pick<EndpointStore, "failing" | "listOf" | "getMany">;
  readonly clock: Pick<Clock, "now">;
}

export interface Targets {
  /** The worst first. */
  readonly items: readonly TargetHealth[];
  /** How many more there are among what was read, none of them worse. */
  readonly omitted: number;
  readonly basis: TargetsBasis;
}

/** What they are told of. */
export interface TargetsBasis {
  /** The newest messages that were read. */
  readonly messages: number;
  /** They are all that were accepted since then. */
  readonly since: number;
  /** Older ones, or such as were looked for beside them. */
  readonly failed: number;
  readonly retrying: number;
  /** Of which of these there are more. */
  readonly capped: readonly ("messages" | "failed" | "retrying")[];
}

const WITHIN_MS = DAY;
export const NEWEST_READ = 1_000;
export const FAILED_READ = 200;
export const RETRYING_READ = 200;
export const TARGETS_TOLD = 100;
/** What a target that does not answer does instead stands in the record of the attempt: of so many it is read. */
export const ATTEMPTS_READ = 20;
const ENDPOINTS_READ = 100;

/** Of everything, or of one sender: then no message of another is read, nor what waits, which is listed for all alone. */
export async function readTargets(deps: TargetDependencies, senderId: string | undefined): Promise<Targets> {
  const now = deps.clock.now();
  const { newest, failed, retrying, basis } = await readMessages(deps, senderId, now);
  const groups = await groupByTarget(deps, newest, [...failed, ...retrying], senderId);
  const all = groups.map((group) => targetHealth(group, now)).sort(worstFirst);
  const told = all.slice(0, TARGETS_TOLD);
  return { items: await withErrorCodes(deps, told), omitted: all.length - told.length, basis };
}

interface Read {
  readonly newest: readonly Message[];
  readonly failed: readonly Message[];
  readonly retrying: readonly Message[];
  readonly basis: TargetsBasis;
}

async function readMessages(
  { store }: TargetDependencies,
  senderId: string | undefined,
  now: number,
): Promise<Read> {
  const start = now - WITHIN_MS;
  const all: Whose = senderId === undefined ? { groups: LIST_GROUPS } : { groups: [], senderId };
  const failures: Whose =
    senderId === undefined ? { groups: ["FAILED"] } : { groups: [], senderId, failed: true, resolved: false };
  const [newest, failed, due] = await Promise.all([
    store.list({ ...all, since: start, limit: NEWEST_READ + 1 }),
    store.list({ ...failures, since: start, limit: FAILED_READ + 1 }),
    senderId === undefined ? store.listDue({ limit: RETRYING_READ + 1 }) : [],
  ]);
  const ids = {
    newest: new Set(newest.slice(0, NEWEST_READ).map(({ messageId }) => messageId)),
    failed: new Set(failed.slice(0, FAILED_READ).map(({ messageId }) => messageId)),
    retrying: new Set(due.slice(0, RETRYING_READ).map(({ messageId }) => messageId)),
  };
  const messages = await store.getMany([...new Set([...ids.newest, ...ids.failed, ...ids.retrying])]);
  const others = messages.filter(({ messageId }) => !ids.newest.has(messageId));
  // Rows are hints: one may have been retried or resolved a moment ago.
  const older = others.filter((message) => ids.failed.has(message.messageId) && isOpenFailure(message));
  const waiting = others.filter(({ messageId, attempt }) => ids.retrying.has(messageId) && attempt > 0);
  const isCapped = newest.length > NEWEST_READ;
  const read = messages.filter(({ messageId }) => ids.newest.has(messageId));
  return {
    newest: read,
    failed: older,
    retrying: waiting.filter((message) => !older.includes(message)),
    basis: {
      messages: read.length,
      since: isCapped ? (newest[NEWEST_READ - 1]?.createdAt ?? start) : start,
      failed: older.length,
      retrying: waiting.length,
      capped: [
        ...(isCapped ? (["messages"] as const) : []),
        ...(failed.length > FAILED_READ ? (["failed"] as const) : []),
        ...(due.length > RETRYING_READ ? (["retrying"] as const) : []),
      ],
    },
  };
}

type Whose = Pick<ListQuery, "groups" | "senderId" | "failed" | "resolved">;

async function groupByTarget(
  deps: TargetDependencies,
  newest: readonly Message[],
  older: readonly Message[],
  senderId: string | undefined,
): Promise<readonly TargetMessages[]> {
  const all = [...newest, ...older];
  const [summaries, endpoints] = await Promise.all([
    deps.store.getSummaries(all.filter((message) => !isDelivery(message))),
    readEndpoints(deps, all, senderId),
  ]);
  const groups = new Map<string, { newest: Message[]; older: Message[] }>();
  const groupOf = (key: string) => {
    const group = groups.get(key) ?? { newest: [], older: [] };
    groups.set(key, group);
    return group;
  };
  const keyOf = (message: Message) => message.endpointId ?? hostOf(summaries.get(message.messageId));
  for (const [age, messages] of [
    ["newest", newest],
    ["older", older],
  ] as const) {
    for (const message of messages) {
      const key = keyOf(message);
      if (key !== undefined) groupOf(key)[age].push(message);
    }
  }
  for (const { endpointId, failingSince } of endpoints.values())
    if (failingSince !== undefined) groupOf(endpointId);
  const endpointIds = new Set(all.flatMap(({ endpointId }) => endpointId ?? []));
  return [...groups].map(([key, group]) => {
    const endpoint = endpoints.get(key);
    if (endpoint === undefined && !endpointIds.has(key)) return { target: key, ...group };
    const target = endpoint && hostOf({ targetUrl: endpoint.url });
    return {
      endpointId: key,
      ...(endpoint ? { endpoint } : {}),
      ...(target === undefined ? {} : { target }),
      ...group,
    };
  });
}

/** By id: those that something was sent to, and those that fail. */
async function readEndpoints(
  { endpoints }: TargetDependencies,
  messages: readonly Message[],
  senderId: string | undefined,
): Promise<ReadonlyMap<string, Endpoint>> {
  const owners = new Map<string, EndpointOwner>(
    messages.filter(isDelivery).map(({ endpointId, senderId }) => [endpointId, { endpointId, senderId }]),
  );
  const [known, failing] = await Promise.all([
    owners.size === 0 ? [] : endpoints.getMany([...owners.values()]),
    senderId === undefined ? endpoints.failing(ENDPOINTS_READ) : endpoints.listOf(senderId),
  ]);
  const alive = [...failing, ...known].filter(({ state }) => state !== "DELETED");
  return new Map(
    alive
      .filter(({ endpointId, failingSince }) => owners.has(endpointId) || failingSince !== undefined)
      .map((endpoint) => [endpoint.endpointId, endpoint]),
  );
}

function hostOf(summary: Pick<PayloadSummary, "targetUrl"> | undefined): string | undefined {
  return summary === undefined ? undefined : URL.parse(summary.targetUrl)?.host;
}

/** What the latest attempt ended in, of those that fail without an answer. */
async function withErrorCodes(
  { store }: TargetDependencies,
  items: readonly TargetHealth[],
): Promise<readonly TargetHealth[]> {
  const unexplained = items
    .filter(
      ({ lastAttempt }) =>
        lastAttempt?.outcome === "FAILED" &&
        lastAttempt.responseStatus === undefined &&
        lastAttempt.errorCode === undefined,
    )
    .slice(0, ATTEMPTS_READ);
  const explained = new Map(
    await Promise.all(
      unexplained.map(async (item): Promise<[TargetHealth, TargetHealth]> => {
        const { lastAttempt, endpoint } = item;
        if (lastAttempt === undefined) return [item, item];
        const errorCode =
          endpoint?.lastFailure?.messageId === lastAttempt.messageId
            ? endpoint.lastFailure.errorCode
            : await errorCodeOf(store, lastAttempt.messageId);
        return [
          item,
          errorCode === undefined ? item : { ...item, lastAttempt: { ...lastAttempt, errorCode } },
        ];
      }),
    ),
  );
  return items.map((item) => explained.get(item) ?? item);
}

async function errorCodeOf(
  store: Pick<MessageStore, "getDetail">,
  messageId: string,
): Promise<string | undefined> {
  const detail = await store.getDetail(messageId);
  return detail?.attempts.findLast(({ errorCode }) => errorCode !== undefined)?.errorCode;
}
