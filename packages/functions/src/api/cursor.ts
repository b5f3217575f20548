/** Cursors: a place in a list, for whoever was given it and for nothing but that list. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { ENDPOINT_ID } from "@homing/core/endpoint/endpoint-id";
import type { EndpointPlace } from "@homing/core/endpoint/endpoint-store";
import { type HomingError, validationError } from "@homing/core/error";
import { EVENT_ID } from "@homing/core/event/event-id";
import type { EventRow } from "@homing/core/event/event-store";
import type { LanePosition } from "@homing/core/lane/lane-store";
import { MESSAGE_ID } from "@homing/core/message/message-id";
import type { Place } from "@homing/core/operate/list";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Sealed, so that nobody can read or make one: a page of one sender's list may end behind another's message.
 * `scope` is everything that decides what the list holds: its filter, and whose key asks.
 */
export class Cursors {
  readonly #key: Uint8Array;

  /** `secret`: the same in every process. */
  constructor(secret: string) {
    this.#key = new Uint8Array(hkdfSync("sha256", secret, "", "homing cursors", KEY_BYTES));
  }

  encode(place: Place, scope: unknown): string {
    return this.#seal([place.at, place.messageId], scope);
  }

  /** @throws HomingError VALIDATION_ERROR if the cursor was not made for this very list. */
  decode(cursor: string, scope: unknown): Place {
    const [at, messageId] = this.#unseal(cursor, scope);
    const valid =
      typeof at === "number" &&
      Number.isSafeInteger(at) &&
      typeof messageId === "string" &&
      MESSAGE_ID.test(messageId);
    if (!valid) throw notMadeHere();
    return { at, messageId };
  }

  /** The same for a list of endpoints. */
  encodeEndpoint({ createdAt, endpointId }: EndpointPlace, scope: unknown): string {
    return this.#seal([createdAt, endpointId], scope);
  }

  /** @throws HomingError VALIDATION_ERROR if the cursor was not made for this very list. */
  decodeEndpoint(cursor: string, scope: unknown): EndpointPlace {
    const [createdAt, endpointId] = this.#unseal(cursor, scope);
    const valid =
      typeof createdAt === "number" &&
      Number.isSafeInteger(createdAt) &&
      typeof endpointId === "string" &&
      ENDPOINT_ID.test(endpointId);
    if (!valid) throw notMadeHere();
    return { createdAt, endpointId };
  }

  /** The same for a list of events. */
  encodeEvent({ createdAt, eventId }: EventRow, scope: unknown): string {
    return this.#seal([createdAt, eventId], scope);
  }

  /** @throws HomingError VALIDATION_ERROR if the cursor was not made for this very list. */
  decodeEvent(cursor: string, scope: unknown): EventRow {
    const [createdAt, eventId] = this.#unseal(cursor, scope);
    const valid =
      typeof createdAt === "number" &&
      Number.isSafeInteger(createdAt) &&
      typeof eventId === "string" &&
      EVENT_ID.test(eventId);
    if (!valid) throw notMadeHere();
    return { createdAt, eventId };
  }

  /** The same for a list of lanes. */
  encodeLane({ since, laneId }: LanePosition, scope: unknown): string {
    return this.#seal([since, laneId], scope);
  }

  /** @throws HomingError VALIDATION_ERROR if the cursor was not made for this very list. */
  decodeLane(cursor: string, scope: unknown): LanePosition {
    const [since, laneId] = this.#unseal(cursor, scope);
    const valid = typeof since === "number" && Number.isSafeInteger(since) && typeof laneId === "string";
    if (!valid) throw notMadeHere();
    return { since, laneId };
  }

  /** The same for the list of keys, whose places are the key store's own. */
  encodeKey(place: string, scope: unknown): string {
    return this.#seal([place], scope);
  }

  /** @throws HomingError VALIDATION_ERROR if the cursor was not made for this very list. */
  decodeKey(cursor: string, scope: unknown): string {
    const [place] = this.#unseal(cursor, scope);
    if (typeof place !== "string") throw notMadeHere();
    return place;
  }

  #seal(parts: readonly unknown[], scope: unknown): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(JSON.stringify(scope)));
    const sealed = [nonce, cipher.update(JSON.stringify(parts)), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(sealed).toString("base64url");
  }

  #unseal(cursor: string, scope: unknown): readonly unknown[] {
    const sealed = Buffer.from(cursor, "base64url");
    if (sealed.length < NONCE_BYTES + TAG_BYTES) throw notMadeHere();
    const decipher = createDecipheriv(CIPHER, this.#key, sealed.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(JSON.stringify(scope)))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8");
      return JSON.parse(text + decipher.final("utf8")) as readonly unknown[];
    } catch {
      throw notMadeHere();
    }
  }
}

function notMadeHere(): HomingError {
  return validationError([
    { path: "cursor", message: "was not made for this list; leave it out to start from its beginning" },
  ]);
}
