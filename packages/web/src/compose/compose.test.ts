import { describe, expect, it } from "vitest";
import { ApiError } from "../api/api-error.ts";
import type { ShownMessage } from "../api/messages.ts";
import { documentOf, draftOf, errorsIn, errorsOf } from "./compose.ts";

const shown = (over: Partial<ShownMessage> = {}): ShownMessage =>
  ({
    message: {
      messageId: "msg_1",
      senderId: "acme",
      method: "PUT",
      targetUrl: "https://example.com/",
      headers: { "x-a": "1" },
      metadata: { order: "42" },
    },
    bodyText: '{\n  "id": 12345678901234567890\n}',
    bodyIsString: false,
    rawText: "",
    ...over,
  }) as ShownMessage;

describe("a copy of a message", () => {
  it("that is not edited is the same request, to the digit", () => {
    expect(documentOf(draftOf(shown()))).toBe(
      '{"senderId":"acme","method":"PUT","targetUrl":"https://example.com/","headers":{"x-a":"1"},"metadata":{"order":"42"},"body":{"id":12345678901234567890}}',
    );
  });

  it("sends text as text, whatever it looks like, and nothing where there is no body", () => {
    const text = draftOf(shown({ bodyText: '{"a": 1', bodyIsString: true }));
    expect(JSON.parse(documentOf(text)).body).toBe('{"a": 1');
    expect(errorsIn(text)).toEqual({});
    expect(JSON.parse(documentOf({ ...text, body: "" }))).not.toHaveProperty("body");
  });

  it("says what is missing before it is sent: values that are not shown, JSON that is none", () => {
    const { message } = shown();
    const draft = draftOf(shown({ message: { ...message, headers: { authorization: "***", "x-a": "1" } } }));
    expect(errorsIn({ ...draft, body: "{" })).toEqual({
      headers: ["authorization: not shown, so it has to be typed again, or removed"],
      body: ["This is not JSON"],
    });
    const typed = draft.headers.map((pair) => (pair.isHidden ? { ...pair, value: "Bearer x" } : pair));
    expect(errorsIn({ ...draft, headers: typed })).toEqual({});
  });

  it("tells the API's refusal by field, and leaves all else to be told as a whole", () => {
    const refused = (path: string) =>
      errorsOf(new ApiError(400, { errors: [{ path, message: "must be given" }] }));
    expect(refused("targetUrl")).toEqual({ targetUrl: ["must be given"] });
    expect(refused("headers.x-a")).toEqual({ headers: ["x-a: must be given"] });
    expect(refused("senderId")).toBeUndefined();
    expect(errorsOf(new Error("no"))).toBeUndefined();
  });
});
