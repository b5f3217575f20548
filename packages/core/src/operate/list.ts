/**
 * Lists of messages: index rows, re-read, filtered. Newest first; of the unfinished, which are listed to find out
 * what waits and what is stuck, soonest due first, unless it is one endpoint's or one event's that are looked at.
 */

import type { EndpointStore } from "../endpoint/endpoint-store.ts";
import { deliveryIdOf } from "../event/event-id.ts";
import type { EventStore } from "../event/event-store.ts";
import { hasPart, type IdPart } from "../id-part.ts";
import {
  type FailureReason,
  isFinished,
  isRolledBack,
  LIST_GROUPS,
  type ListGroup,
  type Message,
  responseStatusOf,
  type Status,
} from "../message/message.ts";
import { hasPair, type MetadataPair } from "../message/metadata-pair.ts";
import type { ListQuery, MessageStore } from "../store/message-store.ts";
import { type MessageSummary, readSummaries, type SummaryDependencies } from "./read-summaries.ts";

export interface ListFilter {
  readonly status?: Status | undefined;
  /** Only messages that were rolled back after a failed send and are not finished. */
  readonly rolledBack?: boolean | undefined;
  readonly senderId?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Host of the target, with its port if it has one of its own, or without. */
  readonly target?: string | undefined;
  /** Of FAILED messages: those that somebody has resolved, or those that nobody has. */
  readonly resolved?: boolean | undefined;
  /** Only FAILED messages have one. */
  readonly failureReason?: FailureReason | undefined;
  /** What was answered to the latest attempt. */
  readonly responseStatus?: number | undefined;
  /** Deliveries alone have these. */
  readonly endpointId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly orderingKey?: string | undefined;
  /** Of the call that sent it. */
  readonly correlationId?: string | undefined;
  /** Its metadata have exactly this value under this name; those of a delivery are its event's. */
  readonly metadata?: MetadataPair | undefined;
  /** Its id has this part; such lists are read by `list-by-id.ts`. */
  readonly idPart?: IdPart | undefined;
  /** The other way round; not where the soonest due come first, nor for one event's. */
  readonly oldestFirst?: true | undefined;
  /** What else is asked of them. */
  readonly where?: (message: Message) => boolean;
}

export interface ListDependencies extends SummaryDependencies {
  readonly store: MessageStore;
  readonly events: SummaryDependencies["events"] & Pick<EventStore, "get">;
  readonly endpoints: SummaryDependencies["endpoints"] & Pick<EndpointStore, "find">;
}

export interface ListedMessage {
  readonly message: Message;
  /** Absent only if the payload was lost. */
  readonly summary: MessageSummary | undefined;
}

/** A place in a list: everything before it has been seen. `at` is the time by which this list is ordered. */
export interface Place {
  readonly at: number;
  readonly messageId: string;
}

export interface PageItem extends ListedMessage {
  /** Where the next page begins if this one ends with this message. */
  readonly place: Place;
}

export interface MessagePage {
  readonly items: readonly PageItem[];
  /** Where the next page begins; absent at the end. */
  readonly next?: Place;
}

/**
 * Rows read for one page at the most, in steps: a rare status behind a long backlog takes several pages. Most
 * often every row is shown: so the first step reads a page, and one row more to know whether it is the last.
 */
const STEP_ROWS = 100;
const MAX_STEPS = 5;

/** A page may hold fewer than `limit` messages and still have a `next`. */
export async function listMessages(
  deps: ListDependencies,
  filter: ListFilter,
  limit: number,
  after?: Place,
): Promise<MessagePage> {
  const { store } = deps;
  const items: PageItem[] = [];
  let position = after;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const stepRows = step === 0 ? limit + 1 : STEP_ROWS;
    const rows = await readRows(deps, filter, stepRows, position);
    const messages = new Map(
      (await store.getMany(rows.map((row) => row.messageId))).map((one) => [one.messageId, one]),
    );
    const matching = rows
      .map((row) => messages.get(row.messageId))
      .filter((message): message is Message => message !== undefined && matches(message, filter));
    // Where nothing of it is compared, only what will be shown needs its summary.
    const isCompared = filter.target !== undefined || filter.metadata !== undefined;
    const wanted = isCompared ? matching : matching.slice(0, limit - items.length);
    const summaries = await readSummaries(deps, wanted);
    for (const row of rows) {
      const message = matching.find((one) => one.messageId === row.messageId);
      const summary = summaries.get(row.messageId);
      if (message && fits(summary, filter)) items.push({ message, summary, place: row });
      position = row;
      if (items.length === limit) break;
    }
    const isEnd = rows.length < stepRows && position === rows.at(-1);
    if (isEnd || rows.length === 0) return { items };
    if (items.length === limit) break;
  }
  return { items, ...(position ? { next: position } : {}) };
}

/** Whether a message that was found in another way would be in the list. */
export function isListed({ message, summary }: ListedMessage, filter: ListFilter): boolean {
  return matches(message, filter) && fits(summary, filter);
}

/** Those of these messages whose target has this host. @throws StorageError */
export async function listedTo(
  deps: SummaryDependencies,
  messages: readonly Message[],
  target: string,
): Promise<readonly Message[]> {
  const summaries = await readSummaries(deps, messages);
  return messages.filter(({ messageId }) => hasTarget(summaries.get(messageId), target));
}

/** Up to `limit` rows of the index that holds what the filter asks for, in the order of the list. */
async function readRows(
  { store, events, endpoints }: ListDependencies,
  filter: ListFilter,
  limit: number,
  after: Place | undefined,
): Promise<readonly Place[]> {
  const { rolledBack, since, until, endpointId, eventId, oldestFirst } = filter;
  if (eventId !== undefined) return rowsOfEvent(events, eventId, limit, after);
  const status = statusOf(filter);
  if (status !== undefined && !isFinished(status) && !rolledBack && endpointId === undefined) {
    const from = after && { messageId: after.messageId, dueAt: after.at };
    const rows = await store.listDue({ limit, ...(from ? { after: from } : {}) });
    return rows.map(({ messageId, dueAt }) => ({ messageId, at: dueAt }));
  }
  const from = after && { messageId: after.messageId, createdAt: after.at };
  const rows = await store.list({
    groups: groupsOf(status, rolledBack),
    ...(await whose(endpoints, filter, status)),
    ...(oldestFirst ? { oldestFirst } : {}),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(from ? { after: from } : {}),
    limit,
  });
  return rows.map(({ messageId, createdAt }) => ({ messageId, at: createdAt }));
}

/** Only FAILED messages have a reason, or are resolved or not. */
function statusOf({ status, failureReason, resolved }: ListFilter): Status | undefined {
  return status ?? (failureReason !== undefined || resolved !== undefined ? "FAILED" : undefined);
}

/** What has failed is few: of its sender's failures those at an endpoint are found sooner than of all that it got. */
async function whose(
  endpoints: Pick<EndpointStore, "find">,
  { senderId, endpointId, resolved }: Pick<ListFilter, "senderId" | "endpointId" | "resolved">,
  status: Status | undefined,
): Promise<Pick<ListQuery, "senderId" | "endpointId" | "failed" | "resolved">> {
  if (status === "FAILED") {
    const owner =
      senderId === undefined && endpointId !== undefined ? await endpoints.find(endpointId) : { senderId };
    if (owner?.senderId !== undefined)
      return { senderId: owner.senderId, failed: true, ...(resolved === undefined ? {} : { resolved }) };
  }
  if (endpointId !== undefined) return { endpointId };
  return senderId === undefined ? {} : { senderId };
}

/** No index holds them: their ids follow from the event, and they are as old as it is. */
async function rowsOfEvent(
  events: Pick<EventStore, "get">,
  eventId: string,
  limit: number,
  after: Place | undefined,
): Promise<readonly Place[]> {
  const { matched = [], createdAt: at = 0 } = (await events.get(eventId)) ?? {};
  return matched
    .map((endpointId) => deliveryIdOf(eventId, endpointId))
    .sort()
    .reverse()
    .filter((messageId) => after === undefined || messageId < after.messageId)
    .slice(0, limit)
    .map((messageId) => ({ messageId, at }));
}

function groupsOf(status: Status | undefined, rolledBack: boolean | undefined): readonly ListGroup[] {
  if (rolledBack) return ["ROLLED_BACK"];
  if (status === "FAILED" || status === "CANCELLED") return [status];
  return status === "COMPLETED" ? ["LIVE"] : LIST_GROUPS;
}

function matches(message: Message, filter: ListFilter): boolean {
  const { status, rolledBack, senderId, since = 0, until = Number.MAX_SAFE_INTEGER } = filter;
  const { failureReason, responseStatus, endpointId, eventId, eventType, orderingKey, resolved } = filter;
  const { idPart, correlationId, where = () => true } = filter;
  return (
    (status === undefined || message.status === status) &&
    (resolved === undefined ||
      (message.status === "FAILED" && resolved === (message.resolvedAt !== undefined))) &&
    (!rolledBack || isRolledBack(message)) &&
    (senderId === undefined || message.senderId === senderId) &&
    message.createdAt >= since &&
    message.createdAt < until &&
    (failureReason === undefined || message.failureReason === failureReason) &&
    (responseStatus === undefined || responseStatusOf(message) === responseStatus) &&
    (endpointId === undefined || message.endpointId === endpointId) &&
    (eventId === undefined || message.eventId === eventId) &&
    (eventType === undefined || message.eventType === eventType) &&
    (orderingKey === undefined || message.orderingKey === orderingKey) &&
    (correlationId === undefined || message.correlationId === correlationId) &&
    (idPart === undefined || hasPart(message.messageId, idPart)) &&
    where(message)
  );
}

function fits(summary: MessageSummary | undefined, { target, metadata }: ListFilter): boolean {
  const hasMetadata = metadata === undefined || hasPair(summary?.metadata, metadata);
  return hasMetadata && hasTarget(summary, target);
}

function hasTarget(summary: MessageSummary | undefined, target: string | undefined): boolean {
  if (target === undefined) return true;
  const url = summary?.targetUrl === undefined ? null : URL.parse(summary.targetUrl);
  return url !== null && (url.host === target || url.hostname === target);
}
