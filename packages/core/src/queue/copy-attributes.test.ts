import { expect, it } from "vitest";
import { copyAttributes, copyBytes } from "./copy-attributes.ts";

const copy = {
  messageId: "msg_0",
  senderId: "acme",
  correlationId: "call-1",
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  body: '"é"',
  delaySeconds: 900,
};

// SQS developer guide, "Message metadata": name, data type, value and body are all part of the size.
it("counts body, names, types and values, in bytes", () => {
  const names = "messageId".length + "senderId".length + "correlationId".length + "traceparent".length;
  expect(copyBytes(copy)).toBe(4 + names + 4 * "String".length + 5 + 4 + 6 + 55);
});

it("never holds more attributes than SQS takes", () => {
  expect(Object.keys(copyAttributes(copy)).length).toBeLessThanOrEqual(10);
});
