/** The calls about one endpoint. */
import { v1 } from "./client.ts";
import type {
  Endpoint,
  EndpointSecrets,
  EndpointTested,
  ReplayRequest,
  ReplayResult,
  Stats,
} from "./types.ts";

const JSON_TYPE = { "content-type": "application/json" };

export async function fetchEndpoint(endpointId: string, signal: AbortSignal): Promise<Endpoint> {
  return (await v1.endpoints[":endpointId"].$get({ param: { endpointId } }, { init: { signal } })).json();
}

/** What is asked of the API, as JSON: it knows best what is wrong with it. The same key makes the same endpoint. */
export async function createEndpoint(input: object, idempotencyKey: string): Promise<Endpoint> {
  const headers = { ...JSON_TYPE, "idempotency-key": idempotencyKey };
  return (await v1.endpoints.$post({}, { init: { headers, body: JSON.stringify(input) } })).json();
}

/** A JSON Merge Patch. */
export async function changeEndpoint(endpointId: string, patch: object): Promise<Endpoint> {
  const init = { headers: JSON_TYPE, body: JSON.stringify(patch) };
  return (await v1.endpoints[":endpointId"].$patch({ param: { endpointId } }, { init })).json();
}

export async function deleteEndpoint(endpointId: string): Promise<void> {
  await v1.endpoints[":endpointId"].$delete({ param: { endpointId } });
}

export async function activateEndpoint(endpointId: string): Promise<Endpoint> {
  return (await v1.endpoints[":endpointId"].activate.$post({ param: { endpointId } })).json();
}

export async function disableEndpoint(endpointId: string): Promise<Endpoint> {
  return (await v1.endpoints[":endpointId"].disable.$post({ param: { endpointId } })).json();
}

export async function pauseEndpoint(endpointId: string): Promise<Endpoint> {
  return (await v1.endpoints[":endpointId"].pause.$post({ param: { endpointId } })).json();
}

/** Whatever its state. */
export async function testEndpoint(endpointId: string): Promise<EndpointTested> {
  return (await v1.endpoints[":endpointId"].test.$post({ param: { endpointId } })).json();
}

export async function fetchSecrets(endpointId: string, signal: AbortSignal): Promise<EndpointSecrets> {
  const param = { endpointId };
  return (await v1.endpoints[":endpointId"].secret.$get({ param }, { init: { signal } })).json();
}

/** Each call makes a new one. */
export async function rotateSecret(endpointId: string, rotation: object): Promise<EndpointSecrets> {
  const init = { headers: JSON_TYPE, body: JSON.stringify(rotation) };
  return (await v1.endpoints[":endpointId"].rotate.$post({ param: { endpointId } }, { init })).json();
}

/** Of what its events of the last 24 hours have come to. */
export async function fetchEndpointStats(endpointId: string, signal: AbortSignal): Promise<Stats> {
  return (await v1.stats.$get({ query: { endpointId } }, { init: { signal } })).json();
}

export async function replay(
  endpointId: string,
  json: ReplayRequest,
  signal: AbortSignal,
): Promise<ReplayResult> {
  const args = { param: { endpointId }, json };
  return (await v1.endpoints[":endpointId"].replay.$post(args, { init: { signal } })).json();
}
