/** Endpoints, and their secrets, in the examples of the document. */
import { endpointId, eventId, messageId } from "./ids.ts";
import { secret } from "./key.ts";

const endpoint = {
  endpointId,
  senderId: "acme",
  url: "https://example.com/hook",
  description: "billing, production",
  eventTypes: ["invoice.*", "user.created"],
  headers: { "x-api-key": "***" },
  svixHeaders: false,
  state: "ACTIVE",
  stateReason: "REQUESTED",
  stateSince: "2026-11-22T01:00:00.000Z",
  health: "OK",
  secret: { generation: 1, imported: false },
  createdAt: "2026-11-22T01:00:00.000Z",
  updatedAt: "2026-11-22T01:00:00.000Z",
};

export const ENDPOINT_EXAMPLES = {
  endpointInput: {
    url: "https://example.com/hook",
    description: "billing, production",
    eventTypes: ["invoice.*", "user.created"],
    headers: { "x-api-key": "a value that is not shown again" },
  },
  endpointPatch: { description: null, eventTypes: ["invoice.*"] },
  endpoint,
  pausedEndpoint: { ...endpoint, state: "PAUSED", stateSince: "2026-11-22T02:00:00.000Z" },
  disabledEndpoint: { ...endpoint, state: "DISABLED", stateSince: "2026-11-22T02:00:00.000Z" },
  endpointList: { items: [endpoint] },
  deletedEndpoint: { endpointId, state: "DELETED" },
  endpointTest: { body: { hello: "world" } },
  endpointTested: { eventId, messageId },
  rotationInput: { graceSeconds: 3600 },
  signingSecrets: { secret, previous: [] },
  rotatedSigningSecrets: {
    secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDMK2t6EFnrXw=",
    previous: [{ secret, validUntil: "2026-11-23T01:30:00.000Z" }],
  },
};
