import { describe, expect, it } from "vitest";
import { titleOf } from "./title-of.ts";

describe("the title of a screen", () => {
  it.each([
    ["/", "Overview"],
    ["/messages", "Messages"],
    ["/messages/", "Messages"],
    ["/messages/new", "New message"],
    ["/messages/msg_01KAMQ6H5T3VX9BBW1C2D3E4F5", "msg_01KAMQ6H5T3VX9BBW1C2D3E4F5"],
    ["/messages/msg_01KAMQ6H5T3VX9BBW1C2D3E4F5/", "msg_01KAMQ6H5T3VX9BBW1C2D3E4F5"],
    ["/endpoints/new", "New endpoint"],
    ["/endpoints/ep_01KAMQ6H5T3VX9BBW1C2D3E4F5/edit", "Edit ep_01KAMQ6H5T3VX9BBW1C2D3E4F5"],
    ["/events/evt_01KAMQ6H5T3VX9BBW1C2D3E4F5", "evt_01KAMQ6H5T3VX9BBW1C2D3E4F5"],
    ["/lanes", "Lanes"],
    ["/keys", "Keys"],
    ["/find", "Search"],
    ["/nothing", "Not found"],
    ["/messages/a/b", "Not found"],
    ["/constructor", "Not found"],
  ])("of %s is %s", (path, title) => {
    expect(titleOf(path)).toBe(title);
  });
});
