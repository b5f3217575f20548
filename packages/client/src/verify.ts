/** For receivers: whether a request comes from Homing (https://www.standardwebhooks.com). Web Crypto alone. */
import { InvalidArgumentError } from "./invalid-argument-error.ts";
import { VerificationError } from "./verification-error.ts";

/** Headers as `fetch` has them, or as Node has them, in any spelling. */
export type ReceivedHeaders =
  | Pick<Headers, "get">
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** How far the sender's clock may be off, and how old a request may be; 300 unless given. */
  readonly toleranceSeconds?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** A request that comes from Homing. */
export interface Verified {
  /** The same each time it is delivered: deliveries are repeated, so remember it, and act once. */
  readonly webhookId: string;
  /** When this attempt was signed. */
  readonly signedAt: Date;
}

const SECRET_PREFIX = "whsec_";
/** An older request may be a replay. */
const TOLERANCE_SECONDS = 300;
const encoder = new TextEncoder();

/**
 * Answers what was verified, or throws. `secret` is `whsec_…`, or several of which one must fit: while a secret is
 * replaced. `rawBody` is the body as it was received, before any parser touched it.
 *
 * @throws VerificationError for a request that is not to be trusted.
 * @throws InvalidArgumentError if the secret or the body cannot be what was meant.
 */
export async function verify(
  secret: string | readonly string[],
  headers: ReceivedHeaders,
  rawBody: string | Uint8Array | ArrayBuffer,
  { toleranceSeconds = TOLERANCE_SECONDS, now = Date.now }: VerifyOptions = {},
): Promise<Verified> {
  const keys = keysOf(secret);
  const body = bytesOf(rawBody);
  const webhookId = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const signatures = headerOf(headers, "webhook-signature").split(" ");
  if (!/^\d{1,12}$/.test(timestamp)) throw new VerificationError("webhook-timestamp is not a time.");
  const offSeconds = Math.abs(now() / 1_000 - Number(timestamp));
  if (offSeconds > toleranceSeconds)
    throw new VerificationError(
      `The request was signed ${Math.round(offSeconds)} s from now: it is repeated by somebody, or a clock is wrong.`,
    );
  const signed = concatenated(encoder.encode(`${webhookId}.${timestamp}.`), body);
  for (const key of keys) {
    const expected = await signatureOf(key, signed);
    if (signatures.some((signature) => isEqual(signature, expected)))
      return { webhookId, signedAt: new Date(Number(timestamp) * 1_000) };
  }
  throw new VerificationError(
    "No signature fits: the secret is another one, or the body is not as it was sent.",
  );
}

/** @throws InvalidArgumentError, without the secret. */
function keysOf(secret: string | readonly string[]): Uint8Array<ArrayBuffer>[] {
  const keys = [secret].flat().map((one) => fromBase64(one.replace(SECRET_PREFIX, "")));
  if (keys.length === 0 || keys.some((key) => key === undefined || key.length === 0))
    throw new InvalidArgumentError("A secret is whsec_ and the secret's bytes in base64.");
  return keys as Uint8Array<ArrayBuffer>[];
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** @throws InvalidArgumentError for what a parser has made of the body. */
function bytesOf(body: unknown): Uint8Array {
  if (typeof body === "string") return encoder.encode(body);
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new InvalidArgumentError("The body must be given as it was received: its bytes, or its text.");
}

/** @throws VerificationError if it is not there, or there twice. */
function headerOf(headers: ReceivedHeaders, name: string): string {
  // Of which library or realm they are does not matter.
  const found =
    typeof headers.get === "function"
      ? [headers.get(name)]
      : Object.entries(headers)
          .filter(([key]) => key.toLowerCase() === name)
          .flatMap(([, value]) => value);
  const [value] = found;
  if (found.length !== 1 || typeof value !== "string" || value === "")
    throw new VerificationError(`The request has no ${name}.`);
  return value;
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

async function signatureOf(key: Uint8Array<ArrayBuffer>, signed: Uint8Array<ArrayBuffer>): Promise<string> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, hmac, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", imported, signed));
  return `v1,${btoa(String.fromCharCode(...signature))}`;
}

/** In a time that does not tell how much of it is right. */
function isEqual(given: string, expected: string): boolean {
  if (given.length !== expected.length) return false;
  let difference = 0;
  for (let at = 0; at < expected.length; at += 1)
    difference |= given.charCodeAt(at) ^ expected.charCodeAt(at);
  return difference === 0;
}
