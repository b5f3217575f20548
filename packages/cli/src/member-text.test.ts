import { expect, it } from "vitest";
import { memberText } from "./member-text.ts";

it.each([
  ['{"body":{"10":1,"9":2}}', '{"10":1,"9":2}'],
  ['{"body":12345678901234567890,"z":1}', "12345678901234567890"],
  ['{ "a" : 1.0, "body" : [ 1.50, {} ] }', "[ 1.50, {} ]"],
  ['{"metadata":{"body":"no"},"list":[{"body":0}],"body":null}', "null"],
  ['{"a":"\\",\\"body\\":1","body":"}\\\\"}', '"}\\\\"'],
  ['{"a":"body","body":""}', '""'],
])("of %s the body is told as it is written", (json, body) => {
  expect(memberText(json, "body")).toBe(body);
});

it.each(["{}", '{"a":"body"}', '{"a":{"body":1}}', '["body"]', '"body"'])("%s has no body", (json) => {
  expect(memberText(json, "body")).toBeUndefined();
});
