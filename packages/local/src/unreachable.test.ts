import { SettingsError } from "@homing/core/settings";
import { expect, it } from "vitest";
import { namedIfUnreachable } from "./unreachable.ts";

const refused = () => Promise.reject(Object.assign(new Error("connect"), { code: "ECONNREFUSED" }));

it("names the variable and the address of a server that does not answer, in one line", async () => {
  const line =
    "AWS_ENDPOINT_URL_SQS: http://127.0.0.1:9324 does not answer (ECONNREFUSED); start that server first.";
  const attempt = namedIfUnreachable("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:9324", refused());
  await expect(attempt).rejects.toThrow(new SettingsError(line));
});

it("leaves what is no setting as it is: an embedded server, another error", async () => {
  await expect(namedIfUnreachable("AWS_ENDPOINT_URL_SQS", undefined, refused())).rejects.toThrow("connect");
  const foreign = Promise.reject(new Error("a table of that name has other keys"));
  const attempt = namedIfUnreachable("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8000", foreign);
  await expect(attempt).rejects.toThrow("a table of that name has other keys");
});
