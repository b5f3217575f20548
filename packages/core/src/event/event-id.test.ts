import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { endpointIdForKey } from "../endpoint/endpoint-id.ts";
import { MESSAGE_ID, messageIdForKey } from "../message/message-id.ts";
import { deliveryIdOf, EVENT_ID, eventIdForKey, newEventId } from "./event-id.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const EVENT = "evt_01KAMQ6H5T3VX9BBW1C2D3E4F5";
const ENDPOINT = "ep_01KAMQ6H5T3VX9BBW1C2D3E4F6";

const charactersOf = (input: string) =>
  Array.from(createHash("sha256").update(input).digest().subarray(0, 26), (byte) => ALPHABET[byte & 31]).join(
    "",
  );

describe("the id of an event", () => {
  it("is evt_ and 26 characters, and sorts by time", () => {
    expect(newEventId(1)).toMatch(EVENT_ID);
    expect(newEventId(1) < newEventId(2)).toBe(true);
  });

  it("follows from sender, kind and key, each after its length", () => {
    expect(eventIdForKey("cus_42", "key-1")).toBe(`evt_${charactersOf("6:cus_42:5:event:5:key-1")}`);
  });

  it("shares a key with a message and an endpoint, and nothing else", () => {
    const ids = [eventIdForKey("a", "k"), endpointIdForKey("a", "k"), messageIdForKey("a", "k")];
    expect(new Set(ids.map((id) => id.slice(id.indexOf("_")))).size).toBe(3);
  });
});

describe("the message of an event to an endpoint", () => {
  it("has an id that follows from both, each after its length", () => {
    const expected = charactersOf(`8:delivery:30:${EVENT}:29:${ENDPOINT}`);
    expect(deliveryIdOf(EVENT, ENDPOINT)).toBe(`msg_${expected}`);
    expect(deliveryIdOf(EVENT, ENDPOINT)).toMatch(MESSAGE_ID);
  });

  it("is another at each endpoint, and for each event", () => {
    const ids = [
      deliveryIdOf(EVENT, ENDPOINT),
      deliveryIdOf(EVENT, ENDPOINT.replace("6", "7")),
      deliveryIdOf(EVENT.replace("6", "7"), ENDPOINT),
    ];
    expect(new Set(ids).size).toBe(3);
  });

  it("is no message's that a sender can name by an idempotency key", () => {
    for (const key of [EVENT, `${EVENT}:29:${ENDPOINT}`, ENDPOINT])
      expect(messageIdForKey("delivery", key)).not.toBe(deliveryIdOf(EVENT, ENDPOINT));
  });
});
