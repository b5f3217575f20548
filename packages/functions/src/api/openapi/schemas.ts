/** The schemas of the document, each under its name, made from the ones that check and type the API. */

import {
  endpointInputSchema,
  endpointPatchSchema,
  endpointTestSchema,
  rotationInputSchema,
} from "@homing/core/endpoint/endpoint-input";
import { eventInputSchema } from "@homing/core/event/event-input";
import { messageInputSchema } from "@homing/core/message/message-input";
import type { OpenAPIV3_1 } from "openapi-types";
import type * as v from "valibot";
import {
  batchAcceptedSchema,
  batchRefusedSchema,
  batchResultSchema,
  eventBatchAcceptedSchema,
  eventBatchResultSchema,
} from "../answers/batch.ts";
import {
  bulkCancelAnswerSchema,
  bulkCancelResultSchema,
  bulkResolveAnswerSchema,
  bulkResolveResultSchema,
  bulkRetryAnswerSchema,
  bulkRetryResultSchema,
  dryRunResultSchema,
  replayResultSchema,
} from "../answers/bulk.ts";
import {
  deletedEndpointSchema,
  endpointListSchema,
  endpointSchema,
  endpointSecretSchema,
  endpointTestedSchema,
} from "../answers/endpoint.ts";
import {
  acceptedEventSchema,
  cancelledEventSchema,
  eventDryRunSchema,
  eventListItemSchema,
  eventListSchema,
  eventSchema,
  sendEventAnswerSchema,
} from "../answers/event.ts";
import { statusSchema } from "../answers/fields.ts";
import { healthSchema, readySchema } from "../answers/health.ts";
import {
  createdKeySchema,
  keyListSchema,
  keySchema,
  ownKeySchema,
  portalLinkSchema,
  rotatedSenderSchema,
} from "../answers/key.ts";
import { laneListSchema, laneSchema } from "../answers/lane.ts";
import { answeredDeliverySchema, takenDeliveriesSchema } from "../answers/listener.ts";
import {
  acceptedSchema,
  attemptSchema,
  historyEntrySchema,
  listItemSchema,
  listSchema,
  messageSchema,
  movedSchema,
} from "../answers/message.ts";
import { problemSchema } from "../answers/problem.ts";
import { seriesSchema, statsSchema } from "../answers/stats.ts";
import { targetHealthSchema, targetListSchema } from "../answers/target.ts";
import { batchEntrySchema, batchSchema, eventBatchEntrySchema, eventBatchSchema } from "../requests/batch.ts";
import { bulkCancelSchema, bulkResolveSchema, bulkRetrySchema, replaySchema } from "../requests/bulk.ts";
import { createKeySchema, portalSchema } from "../requests/key.ts";
import { deliveryAnswerSchema, takeSchema } from "../requests/listener.ts";
import { namedSchemas } from "./json-schema.ts";

const SCHEMAS = {
  MessageInput: messageInputSchema,
  BatchEntry: batchEntrySchema,
  Batch: batchSchema,
  BulkRetry: bulkRetrySchema,
  BulkResolve: bulkResolveSchema,
  BulkCancel: bulkCancelSchema,
  CreateKey: createKeySchema,
  PortalInput: portalSchema,
  EndpointInput: endpointInputSchema,
  EndpointPatch: endpointPatchSchema,
  RotationInput: rotationInputSchema,
  EndpointTest: endpointTestSchema,
  EventInput: eventInputSchema,
  EventBatchEntry: eventBatchEntrySchema,
  EventBatch: eventBatchSchema,
  Replay: replaySchema,
  TakeInput: takeSchema,
  DeliveryAnswer: deliveryAnswerSchema,
  Status: statusSchema,
  Accepted: acceptedSchema,
  Moved: movedSchema,
  ListItem: listItemSchema,
  MessageList: listSchema,
  HistoryEntry: historyEntrySchema,
  Attempt: attemptSchema,
  Message: messageSchema,
  Stats: statsSchema,
  Series: seriesSchema,
  Target: targetHealthSchema,
  TargetList: targetListSchema,
  BatchAccepted: batchAcceptedSchema,
  BatchRefused: batchRefusedSchema,
  BatchResult: batchResultSchema,
  BulkRetryResult: bulkRetryResultSchema,
  BulkResolveResult: bulkResolveResultSchema,
  BulkCancelResult: bulkCancelResultSchema,
  DryRunResult: dryRunResultSchema,
  BulkRetryAnswer: bulkRetryAnswerSchema,
  BulkResolveAnswer: bulkResolveAnswerSchema,
  BulkCancelAnswer: bulkCancelAnswerSchema,
  Lane: laneSchema,
  LaneList: laneListSchema,
  Endpoint: endpointSchema,
  EndpointList: endpointListSchema,
  DeletedEndpoint: deletedEndpointSchema,
  SigningSecrets: endpointSecretSchema,
  ReplayResult: replayResultSchema,
  TakenDeliveries: takenDeliveriesSchema,
  AnsweredDelivery: answeredDeliverySchema,
  EndpointTested: endpointTestedSchema,
  AcceptedEvent: acceptedEventSchema,
  EventDryRun: eventDryRunSchema,
  SendEventAnswer: sendEventAnswerSchema,
  EventBatchAccepted: eventBatchAcceptedSchema,
  EventBatchResult: eventBatchResultSchema,
  CancelledEvent: cancelledEventSchema,
  EventListItem: eventListItemSchema,
  EventList: eventListSchema,
  Event: eventSchema,
  Key: keySchema,
  KeyList: keyListSchema,
  OwnKey: ownKeySchema,
  CreatedKey: createdKeySchema,
  PortalLink: portalLinkSchema,
  RotatedSender: rotatedSenderSchema,
  Health: healthSchema,
  Ready: readySchema,
  Problem: problemSchema,
} as const satisfies Record<string, v.GenericSchema>;

export type SchemaName = keyof typeof SCHEMAS;

export function componentSchemas(): Record<SchemaName, OpenAPIV3_1.SchemaObject> {
  return namedSchemas(SCHEMAS, refTo);
}

export function refTo(name: SchemaName): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}
