import { expect, it } from "vitest";
import { messageIdAt, placeOf, roundAt } from "./place.ts";

const messageId = "msg_01KAMQ6H5T3VX9BBW1C2D3E4F5";

it("is the id without its prefix, and from round 1 the round in base 36", () => {
  expect(placeOf({ messageId })).toBe("01KAMQ6H5T3VX9BBW1C2D3E4F5");
  expect(placeOf({ messageId, round: 1 })).toBe("01KAMQ6H5T3VX9BBW1C2D3E4F5.1");
  expect(placeOf({ messageId, round: 40 })).toBe("01KAMQ6H5T3VX9BBW1C2D3E4F5.14");
});

it("tells message and round again", () => {
  for (const round of [0, 1, 35, 36, 1_000]) {
    const place = placeOf({ messageId, round });
    expect([messageIdAt(place), roundAt(place)]).toEqual([messageId, round]);
  }
});
