/** The shapes of the API, taken from the schemas that the API itself checks with. */

import type { BatchResult, EventBatchResult } from "@homing/functions/api/answers/batch";
import type {
  BulkCancelResult,
  BulkResolveResult,
  BulkRetryResult,
  DryRunResult,
  ReplayResult,
} from "@homing/functions/api/answers/bulk";
import type {
  DeletedEndpoint,
  EndpointList,
  EndpointSecret,
  EndpointTested,
  EndpointView,
} from "@homing/functions/api/answers/endpoint";
import type {
  AcceptedEvent,
  CancelledEvent,
  EventDryRun,
  EventList,
  EventListItem,
  EventView,
} from "@homing/functions/api/answers/event";
import type {
  CreatedKey,
  KeyList,
  KeyView,
  OwnKey,
  PortalLink,
  RotatedSender,
} from "@homing/functions/api/answers/key";
import type { LaneList, LaneView } from "@homing/functions/api/answers/lane";
import type { AnsweredDelivery, TakenDeliveries } from "@homing/functions/api/answers/listener";
import type {
  Accepted,
  AttemptView,
  ListItem,
  MessageList,
  MessageView,
  Moved,
} from "@homing/functions/api/answers/message";
import type { Problem } from "@homing/functions/api/answers/problem";
import type { SeriesView, StatsView } from "@homing/functions/api/answers/stats";
import type { TargetList, TargetView } from "@homing/functions/api/answers/target";
import type { BatchEntry, EventBatchEntry } from "@homing/functions/api/requests/batch";
import type { Replay } from "@homing/functions/api/requests/bulk";
import type {
  EndpointInput,
  EndpointPatch,
  EndpointTest,
  RotationInput,
} from "@homing/functions/api/requests/endpoint";
import type { EventInput } from "@homing/functions/api/requests/event";
import type { DeliveryAnswer, TakeInput } from "@homing/functions/api/requests/listener";

export type {
  Accepted,
  AcceptedEvent,
  AnsweredDelivery,
  AttemptView,
  BatchEntry,
  BatchResult,
  BulkCancelResult,
  BulkResolveResult,
  BulkRetryResult,
  CancelledEvent,
  CreatedKey,
  DeletedEndpoint,
  DeliveryAnswer,
  DryRunResult,
  EndpointInput,
  EndpointList,
  EndpointPatch,
  EndpointSecret,
  EndpointTest,
  EndpointTested,
  EndpointView,
  EventBatchEntry,
  EventBatchResult,
  EventDryRun,
  EventInput,
  EventList,
  EventListItem,
  EventView,
  KeyList,
  KeyView,
  LaneList,
  LaneView,
  ListItem,
  MessageList,
  MessageView,
  Moved,
  OwnKey,
  PortalLink,
  Problem,
  ReplayResult,
  RotatedSender,
  RotationInput,
  SeriesView,
  StatsView,
  TakeInput,
  TakenDeliveries,
  TargetList,
  TargetView,
};

/** What the API says of a message of a batch that it has accepted. */
export type BatchAcceptedResult = Extract<BatchResult["results"][number], { message: unknown }>;
export type EventBatchAcceptedResult = Extract<EventBatchResult["results"][number], { event: unknown }>;

/** A message of a batch that was accepted. */
export type BatchAccepted = BatchAcceptedResult & Keyed;

/** An event of one. */
export type EventBatchAccepted = EventBatchAcceptedResult & Keyed;

/** One that was not, or of which nobody knows. */
export interface BatchRefused extends Keyed {
  readonly index: number;
  /** 503 if nobody answered. */
  readonly httpStatus: number;
  /** Without a correlation id if nobody answered. */
  readonly problem: Omit<Problem, "correlationId"> & { readonly correlationId?: string };
}

interface Keyed {
  /** What it was sent under: sent again under the same key, it is never doubled. */
  readonly idempotencyKey: string;
}

export type BatchOutcome = BatchAccepted | BatchRefused;
export type EventBatchOutcome = EventBatchAccepted | BatchRefused;

/** A message to send. */
export type MessageInput = Omit<BatchEntry, "idempotencyKey">;
export type Status = ListItem["status"];
export type Scope = KeyView["scopes"][number];

export interface ListFilter {
  readonly status?: Status | undefined;
  /** Rolled back after a failed send, and neither claimed nor finished since. */
  readonly rolledBack?: boolean | undefined;
  readonly senderId?: string | undefined;
  /** Accepted at or after this time. */
  readonly since?: Date | string | undefined;
  /** Accepted before this time. */
  readonly until?: Date | string | undefined;
  /** Host of the target. */
  readonly target?: string | undefined;
  /** Of failures: those that somebody has resolved, or those that nobody has. */
  readonly resolved?: boolean | undefined;
  /** Why it failed. */
  readonly failureReason?: ListItem["failureReason"];
  /** What the target answered to the latest attempt. */
  readonly responseStatus?: number | undefined;
  /** Only what brings events to this endpoint. */
  readonly endpointId?: string | undefined;
  /** Only what brings this event to its endpoints. */
  readonly eventId?: string | undefined;
  /** Only what brings events of this type; needs a sender, an endpoint or an event. */
  readonly eventType?: string | undefined;
  /** Only those with this ordering key; needs a sender. */
  readonly orderingKey?: string | undefined;
  /** Of the call that sent it. */
  readonly correlationId?: string | undefined;
  /** 4 to 26 characters of the id; behind `msg_`: its beginning. */
  readonly idPart?: string | undefined;
  /** `name=value`: only those whose metadata have exactly this value under this name. */
  readonly metadata?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

export type RetryFilter = Omit<
  ListFilter,
  "status" | "rolledBack" | "orderingKey" | "correlationId" | "idPart" | "metadata" | "idempotencyKey"
>;

export type ResolveFilter = Omit<RetryFilter, "resolved">;

/** What waits in one of the two statuses that can be cancelled. */
export type CancelFilter = ResolveFilter & { readonly status: "PENDING" | "QUEUED" };

export type LaneFilter = Pick<ListFilter, "senderId">;

export type StatsFilter = Pick<ListFilter, "senderId" | "endpointId">;

export interface SeriesFilter extends StatsFilter {
  /** Absent: a day. */
  readonly period?: "hour" | "day" | "week" | undefined;
  /** Host of the target. */
  readonly target?: string | undefined;
}

export interface EndpointFilter {
  readonly senderId?: string | undefined;
  readonly state?: EndpointView["state"] | undefined;
  readonly health?: EndpointView["health"] | undefined;
  /** 4 to 26 characters of the id; behind `ep_`: its beginning. */
  readonly idPart?: string | undefined;
}

export interface EventFilter {
  readonly senderId?: string | undefined;
  /** Exactly this type. */
  readonly eventType?: string | undefined;
  /** Those that went to no endpoint. */
  readonly matched?: "none" | undefined;
  /** 4 to 26 characters of the id; behind `evt_`: its beginning. */
  readonly idPart?: string | undefined;
  /** Of the call that sent it. */
  readonly correlationId?: string | undefined;
  /** `name=value`: only those whose metadata have exactly this value under this name. */
  readonly metadata?: string | undefined;
  /** Accepted at or after this time. */
  readonly since?: Date | string | undefined;
  /** Accepted before this time. */
  readonly until?: Date | string | undefined;
  /** The one event of this key; beside a sender. */
  readonly idempotencyKey?: string | undefined;
}

/** What an endpoint is brought: its FAILED messages, those that wait for another attempt as well, or events that match it now and never went there. */
export type ReplayFilter = Omit<Replay, keyof PageOptions | "since" | "until" | "dryRun"> & {
  readonly since: Date | string;
  readonly until?: Date | string | undefined;
};

/** Where one page of a list, or one stretch of many, begins, and how far it goes. */
export interface PageOptions {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface KeyFilter {
  readonly senderId?: string | undefined;
}

export interface NewPortalLink {
  readonly senderId: string;
  /** How long it works, such as `12h`: 1 minute to 7 days. Absent: an hour. */
  readonly expiresIn?: string | undefined;
}

export interface NewKey {
  /** `*` for all senders. */
  readonly senderId: string;
  readonly scopes: readonly Scope[];
  readonly name?: string | undefined;
  /** How long it is valid, such as `12h`: 1 minute to 90 days. Absent: until it is revoked. */
  readonly expiresIn?: string | undefined;
}
