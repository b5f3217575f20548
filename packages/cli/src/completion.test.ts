import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { completionsOf } from "./complete-words.ts";
import { HOMING } from "./lines.ts";
import { runInProcess } from "./testing-terminal.ts";

const complete = (...words: string[]) => completionsOf(HOMING, words);

describe("completes", () => {
  it.each<[string[], string[]]>([
    [["en"], ["endpoints"]],
    [["endpoints", "re"], ["replay"]],
    [
      ["endpoints", "d"],
      ["disable", "delete"],
    ],
    [["list", "--st"], ["--status"]],
    [
      ["list", "--status", "p"],
      ["PENDING", "PROCESSING"],
    ],
    [["list", "--status=f"], ["--status=FAILED"]],
    [
      ["stats", "-o", ""],
      ["table", "json", "ndjson"],
    ],
    [["stats", "--sender", "acme", "--se"], []],
    [
      ["send", "-H", "x-a: 1", "--he"],
      ["--header", "--help"],
    ],
    [["event", "send", "invoice.paid", "--dr"], ["--dry-run"]],
  ])("%j", (words, found) => {
    expect(complete(...words)).toEqual(found);
  });

  it("every command at first, and options only where one is begun", () => {
    expect(complete("")).toEqual(
      expect.arrayContaining(["send", "endpoints", "event", "doctor", "completion"]),
    );
    expect(complete()).toEqual(complete(""));
    expect(complete("get", "")).toEqual([]);
    expect(complete("get", "--")).toEqual(["--json", "--output", "--url", "--help"]);
  });

  it("nothing behind what nobody knows, or what is the caller's own", () => {
    for (const words of [
      ["sned", ""],
      ["constructor", ""],
      ["list", "--sender", ""],
      ["get", "msg_"],
    ])
      expect(complete(...words)).toEqual([]);
  });
});

it("works in bash, with the script as it is printed", async () => {
  const { out } = await runInProcess(HOMING, ["completion", "bash"], {});
  const folder = mkdtempSync(join(tmpdir(), "homing-completion-"));
  const cli = join(import.meta.dirname, "cli.ts");
  writeFileSync(join(folder, "homing"), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`, {
    mode: 0o755,
  });
  const typed = (words: string) =>
    `COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _homing; printf '%s,' "\${COMPREPLY[@]}"; echo`;
  const script = [out, typed("homing endpoints re"), typed("homing list --status ''")].join("\n");
  const env = { PATH: `${folder}:${process.env.PATH}` };
  const completed = execFileSync("bash", ["--norc", "-c", script], { env, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(completed).toBe("replay,\nPENDING,QUEUED,PROCESSING,COMPLETED,FAILED,CANCELLED,\n");
});

it("needs neither a key nor a Homing, and knows three shells", async () => {
  const nowhere = { HOMING_DATA_DIR: "/nowhere" };
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, out, err } = await runInProcess(HOMING, ["completion", shell], nowhere);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("homing completion words -- ");
  }
  const unknown = await runInProcess(HOMING, ["completion", "tcsh"], nowhere);
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("none of bash, zsh, fish")]);
});
