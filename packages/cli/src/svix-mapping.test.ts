import { describe, expect, it } from "vitest";
import { mapEndpoint, type SvixSource, senderOf } from "./svix-mapping.ts";

const SOURCE: SvixSource = {
  application: { id: "app_1srOrx2ZWZBpBUvZwXKQmoEYga2", uid: "cus_42", name: "A customer" },
  endpoint: {
    id: "ep_1srOrx2ZWZBpBUvZwXKQmoEYga2",
    url: "https://customer.example/hook",
    description: "",
    metadata: {},
  },
  secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
  headers: { headers: {}, sensitive: [] },
  isTransformed: false,
};
const OPTIONS = { svixHeaders: true };

describe("an endpoint of Svix", () => {
  it("with nothing but a URL is one here", () => {
    expect(mapEndpoint(SOURCE, OPTIONS)).toEqual({
      senderId: "cus_42",
      idempotencyKey: "ep_1srOrx2ZWZBpBUvZwXKQmoEYga2",
      endpoint: {
        senderId: "cus_42",
        url: "https://customer.example/hook",
        metadata: { svixId: "ep_1srOrx2ZWZBpBUvZwXKQmoEYga2" },
        secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        svixHeaders: true,
      },
      notes: [],
    });
  });

  it("is created once under its uid, if it has one", () => {
    const { idempotencyKey, endpoint } = mapEndpoint(
      { ...SOURCE, endpoint: { ...SOURCE.endpoint, uid: "billing" } },
      OPTIONS,
    );
    expect(idempotencyKey).toBe("billing");
    expect(endpoint?.metadata).toEqual({ svixId: SOURCE.endpoint.id, svixUid: "billing" });
  });

  it("tells everything that is not the same here", () => {
    const { notes } = mapEndpoint(
      {
        ...SOURCE,
        application: { ...SOURCE.application, uid: "x".repeat(65), throttleRate: 100 },
        endpoint: { ...SOURCE.endpoint, throttleRate: 20_000, description: "d".repeat(257) },
        headers: { headers: {}, sensitive: ["Authorization"] },
        isTransformed: true,
      },
      OPTIONS,
    );
    expect(notes).toEqual([
      `The sender is app_1srOrx2ZWZBpBUvZwXKQmoEYga2: "${"x".repeat(65)}" is no name of a sender.`,
      "The value of the header Authorization is not told by Svix; set it by hand.",
      "Its transformation is left out: it gets events as they are sent.",
      "The limit of 20000 a second of the endpoint is left out.",
      "The limit of 100 a second of the application is left out.",
      "The description is cut.",
    ]);
  });

  it("brings its throttle rate along, which is of a second", () => {
    const throttled = { ...SOURCE, endpoint: { ...SOURCE.endpoint, throttleRate: 5 } };
    const { endpoint, notes } = mapEndpoint(throttled, OPTIONS);
    expect(endpoint?.rateLimit).toEqual({ count: 5, period: "1s" });
    expect(notes).toEqual([]);
    const without = { ...SOURCE, endpoint: { ...SOURCE.endpoint, throttleRate: null } };
    expect(mapEndpoint(without, OPTIONS).endpoint).not.toHaveProperty("rateLimit");
  });

  it("with metadata that leaves no room keeps what it has", () => {
    const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`m${index}`, "v"]));
    const mapped = mapEndpoint({ ...SOURCE, endpoint: { ...SOURCE.endpoint, metadata } }, OPTIONS);
    expect(mapped.endpoint?.metadata).toEqual(metadata);
    expect(mapped.notes).toEqual(["Its metadata is full: Svix's id is not kept."]);
  });

  it("that is disabled stays so, whatever state the others begin in", () => {
    const disabled = { ...SOURCE, endpoint: { ...SOURCE.endpoint, disabled: true } };
    expect(mapEndpoint(disabled, { ...OPTIONS, state: "PAUSED" }).endpoint?.state).toBe("DISABLED");
    expect(mapEndpoint(SOURCE, { ...OPTIONS, state: "PAUSED" }).endpoint?.state).toBe("PAUSED");
  });

  it.each(["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"])(
    "brings its secret along, with its prefix or without: %s",
    (secret) => {
      expect(mapEndpoint({ ...SOURCE, secret }, OPTIONS).endpoint?.secret).toBe(
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
      );
    },
  );

  it.each(["whsk_abc", "whsk1_abc", "whpk_abc"])(
    "with a private key cannot be brought along: %s",
    (secret) => {
      const { endpoint, notes } = mapEndpoint({ ...SOURCE, secret }, OPTIONS);
      expect([endpoint, notes.length]).toEqual([undefined, 1]);
    },
  );
});

describe("the sender of an application", () => {
  const id = "app_1srOrx2ZWZBpBUvZwXKQmoEYga2";
  it.each([
    ["cus_42", "cus_42"],
    ["a".repeat(64), "a".repeat(64)],
    ["a".repeat(65), id],
    ["_hidden", id],
    ["homing.operations", id],
    [null, id],
    [undefined, id],
  ])("with the uid %s is %s", (uid, expected) => {
    expect(senderOf({ id, ...(uid === undefined ? {} : { uid }) })).toBe(expected);
  });
});
