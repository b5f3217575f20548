/** What `@homing/client` is. */
export { Endpoints } from "./endpoints.ts";
export { Events } from "./events.ts";
export type { ClientOptions } from "./homing-client.ts";
export { HomingClient } from "./homing-client.ts";
export { HomingError } from "./homing-error.ts";
export type { SendOptions } from "./idempotency-key.ts";
export { InvalidArgumentError } from "./invalid-argument-error.ts";
export { JsonText } from "./json-text.ts";
export type { CallOptions } from "./transport.ts";
export type * from "./types.ts";
export { VerificationError } from "./verification-error.ts";
export type { ReceivedHeaders, Verified, VerifyOptions } from "./verify.ts";
export { verify } from "./verify.ts";
