import { describe, expect, it } from "vitest";
import { checkContentType } from "./content-type.ts";

const paths = (contentType: string, body?: string) =>
  checkContentType({ "X-A": "1", "Content-Type": contentType }, body).map(({ path }) => path);

describe("a content type", () => {
  it.each([
    "text/plain",
    "text/plain; charset=utf-8",
    'text/plain;CHARSET="UTF-8"',
    "text/plain ; charset = utf8 ; format=flowed",
    'text/plain; title="; charset=latin1"; charset=utf-8',
    "application/vnd.api+json; profile=charset",
    "text/plain; x-charset=latin1",
  ])("may be %s", (contentType) => {
    expect(paths(contentType, '"text"')).toEqual([]);
  });

  it.each([
    "text/plain; charset=iso-8859-1",
    "text/plain;charset=UTF-16",
    'text/plain; charset="windows-1252"',
    "text/plain; charset=utf-8; charset=latin1",
    "text/plain; a=b; Charset=us-ascii",
    "text/plain; charset=",
    "application/json; charset=utf-16le",
  ])("may not be %s: the body goes out in UTF-8", (contentType) => {
    for (const body of [undefined, '"text"', "{}"])
      expect(paths(contentType, body)).toEqual(["headers.Content-Type"]);
  });

  it.each([
    "application/x-www-form-urlencoded",
    "Application/X-WWW-Form-Urlencoded ; a=b",
    "multipart/form-data; boundary=x",
    "multipart/mixed",
  ])("may be %s for text only, which is then already encoded", (contentType) => {
    for (const body of ["{}", "[]", "1", "null", "true"]) expect(paths(contentType, body)).toEqual(["body"]);
    expect(paths(contentType, '"a=1&b=2"')).toEqual([]);
    expect(paths(contentType)).toEqual([]);
  });

  it("is read in linear time, whatever it holds", () => {
    for (const hostile of [
      `;a="${"\\".repeat(16_000)}`,
      ";a ".repeat(5_000),
      `;${" ".repeat(16_000)}`,
      ';a="'.repeat(4_000),
    ])
      expect(paths(`text/plain${hostile}`)).toEqual([]);
  });
});
