import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dashboard } from "./dashboard.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "homing-dashboard-"));
  writeFileSync(join(directory, "index.html"), "<!doctype html>");
  writeFileSync(join(directory, "theme.js"), "");
});
afterAll(() => rmSync(directory, { recursive: true }));

const ORIGINS = ["https://app.example.com", "https://*.example.org"];
const headersOf = async (path: string, origins?: readonly string[]) => {
  const { status, headers } = await dashboard(directory, origins).request(path);
  const [ancestors] = /frame-ancestors [^;]*/.exec(headers.get("content-security-policy") ?? "") ?? [];
  return { status, ancestors, frameOptions: headers.get("x-frame-options") };
};

describe("the pages of the portal", () => {
  it.each(["/portal", "/portal/", "/portal?theme=dark", "/portal/endpoints/ep_1"])(
    "may be framed by those who are named, and by nobody else: %s",
    async (path) => {
      expect(await headersOf(path, ORIGINS)).toEqual({
        status: 200,
        ancestors: "frame-ancestors https://app.example.com https://*.example.org",
        frameOptions: null,
      });
      expect(await headersOf(path)).toEqual({
        status: 200,
        ancestors: "frame-ancestors 'none'",
        frameOptions: "DENY",
      });
    },
  );

  it("are as strict about everything else as all others", async () => {
    const headers = async (path: string) => {
      const all = Object.fromEntries((await dashboard(directory, ORIGINS).request(path)).headers);
      const { "x-frame-options": _, "content-security-policy": policy = "", ...others } = all;
      return { ...others, policy: policy.replace(/frame-ancestors [^;]*/, "") };
    };
    expect(await headers("/portal")).toEqual(await headers("/messages"));
  });
});

describe("every other page", () => {
  it.each([
    "/",
    "/index.html",
    "/theme.js",
    "/messages",
    "/portals",
    "/portal.html",
    "/%70ortal",
    "/Portal",
    "//portal",
    "/x/portal",
    "/assets/portal",
  ])("is framed by nobody, whoever may frame the portal: %s", async (path) => {
    const { ancestors, frameOptions } = await headersOf(path, ORIGINS);
    expect([ancestors, frameOptions]).toEqual(["frame-ancestors 'none'", "DENY"]);
  });
});
