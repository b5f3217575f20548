import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createHostsFile, parseHostsFile } from "./hosts-file.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("a hosts file (hosts(5))", () => {
  it("names addresses by name and alias, in any case, on one line or several", () => {
    const names = parseHostsFile(
      [
        "# 10.0.0.1 commented.example",
        "127.0.0.1\thook.example  Alias.Example # the developer's own",
        "  192.0.2.7 other.example.\r",
        "::1 hook.example",
        "not-an-address wrong.example",
        "127.1 short.example",
        "192.0.2.8",
        "",
      ].join("\n"),
    );
    expect(Object.fromEntries(names)).toEqual({
      "hook.example": ["127.0.0.1", "::1"],
      "alias.example": ["127.0.0.1"],
      "other.example": ["192.0.2.7"],
    });
  });

  it("is read again when it has changed, and names nothing when it is missing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "homing-hosts-"));
    folders.push(folder);
    const path = join(folder, "hosts");
    const hostsFile = createHostsFile(path);
    expect(await hostsFile("hook.example")).toEqual([]);
    writeFileSync(path, "127.0.0.1 hook.example");
    expect(await hostsFile("HOOK.example.")).toEqual(["127.0.0.1"]);
    writeFileSync(path, "127.0.0.2 hook.example");
    utimesSync(path, 1, 1);
    expect(await hostsFile("hook.example")).toEqual(["127.0.0.2"]);
    rmSync(path);
    expect(await hostsFile("hook.example")).toEqual([]);
  });
});
