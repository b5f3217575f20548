import type { CallOptions } from "./transport.ts";

export interface SendOptions extends CallOptions {
  /** Of your own, if the same thing may be sent again by another process or after a restart. */
  readonly idempotencyKey?: string | undefined;
}

/** 128 random bits; `randomUUID` is missing where a page came over plain HTTP. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
