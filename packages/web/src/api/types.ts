/** The shapes of the API, taken from the application itself: a change there that breaks a screen does not compile. */
import type { App } from "@homing/functions/api/app";
import type { hc, InferRequestType, InferResponseType } from "hono/client";

export type Client = ReturnType<typeof hc<App>>;
type Messages = Client["v1"]["messages"];
type Endpoints = Client["v1"]["endpoints"];
type Events = Client["v1"]["events"];
type Lanes = Client["v1"]["lanes"];

type Listed = InferResponseType<Messages["$get"], 200>;
/** Some of the route's answers never have a cursor: the type of those that may is taken for all. */
export type MessagePage = Listed extends infer Answer
  ? "nextCursor" extends keyof Answer
    ? Answer
    : never
  : never;
export type ListQuery = InferRequestType<Messages["$get"]>["query"];
export type MessageItem = MessagePage["items"][number];
export type Status = MessageItem["status"];
export type Message = InferResponseType<Messages[":id"]["$get"], 200>;
export type HistoryEntry = Message["history"][number];
export type Attempt = Message["attempts"][number];
export type Stats = InferResponseType<Client["v1"]["stats"]["$get"], 200>;
export type Minute = Stats["perMinute"][number];
export type Series = InferResponseType<Client["v1"]["stats"]["series"]["$get"], 200>;
export type SeriesPoint = Series["points"][number];
export type TargetList = InferResponseType<Client["v1"]["targets"]["$get"], 200>;
export type Target = TargetList["items"][number];
export type Accepted = InferResponseType<Messages["$post"], 202>;
export type OperationResult = InferResponseType<Messages[":id"]["retry"]["$post"], 202>;

export type BulkRetryRequest = Omit<
  InferRequestType<Messages["retry"]["$post"]>["json"],
  "status" | "dryRun"
>;
export type BulkResolveRequest = Omit<
  InferRequestType<Messages["resolve"]["$post"]>["json"],
  "status" | "dryRun"
>;
export type BulkCancelRequest = Omit<
  InferRequestType<Messages["cancel"]["$post"]>["json"],
  "status" | "dryRun"
>;
type BulkAnswer = InferResponseType<Messages["retry"]["$post"], 200>;
export type DryRunResult = Extract<BulkAnswer, { readonly matching: number }>;
/** Of a call that is no dry run. */
export type BulkRetryResult = Extract<BulkAnswer, { readonly retried: number }>;

export type EndpointPage = InferResponseType<Endpoints["$get"], 200>;
export type EndpointQuery = InferRequestType<Endpoints["$get"]>["query"];
export type Endpoint = InferResponseType<Endpoints[":endpointId"]["$get"], 200>;
export type EndpointState = Endpoint["state"];
export type EndpointSecrets = InferResponseType<Endpoints[":endpointId"]["secret"]["$get"], 200>;
export type EndpointTested = InferResponseType<Endpoints[":endpointId"]["test"]["$post"], 202>;
type Replay = Endpoints[":endpointId"]["replay"]["$post"];
export type ReplayRequest = InferRequestType<Replay>["json"];
export type ReplayResult = InferResponseType<Replay, 200>;

export type EventPage = InferResponseType<Events["$get"], 200>;
export type EventQuery = InferRequestType<Events["$get"]>["query"];
export type EventItem = EventPage["items"][number];
export type Event = InferResponseType<Events[":eventId"]["$get"], 200>;
export type EventCancelled = InferResponseType<Events[":eventId"]["cancel"]["$post"], 200>;
export type NotMatched = NonNullable<Event["notMatched"]>[number];

export type LanePage = InferResponseType<Lanes["$get"], 200>;
export type LaneQuery = InferRequestType<Lanes["$get"]>["query"];
export type Lane = LanePage["items"][number];

type Keys = Client["v1"]["keys"];
export type KeyPage = InferResponseType<Keys["$get"], 200>;
export type KeyQuery = InferRequestType<Keys["$get"]>["query"];
export type Key = KeyPage["items"][number];
export type Scope = Key["scopes"][number];
export type KeyInput = InferRequestType<Keys["$post"]>["json"];
export type CreatedKey = InferResponseType<Keys["$post"], 201>;
export type OwnKey = InferResponseType<Keys["self"]["$get"], 200>;
export type RotatedSender = InferResponseType<Client["v1"]["senders"][":senderId"]["rotate"]["$post"], 200>;
