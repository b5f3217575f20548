/**
 * No regular expression of the product takes more than linear time, whatever text it meets: each one of the sources is
 * given texts that are like what it looks for, up to a place from which one piece is repeated and the end is wrong.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { measureGrowth } from "@homing/functions/testing/growth";
import fc from "fast-check";
import { parseAst } from "vite";
import { describe, expect, it } from "vitest";

const PACKAGES = join(import.meta.dirname, "../../..");
const SOURCES = ["core", "functions", "client", "cli", "local", "server", "web"];
const PIECES = [
  " ",
  "\t",
  "a",
  "A",
  "0",
  "9",
  ".",
  "-",
  "_",
  "=",
  "%",
  "/",
  ":",
  ";",
  ",",
  '"',
  "\\",
  "+",
  "[",
  "]",
  "é",
  "{",
  "a ",
  "0.",
  ", ",
  "a=",
  "\\a",
];
const ENDS = ["", "\n!", "\u0000"];
/** Long enough for the square of it to be felt at once. */
const SIZE = 20_000;
const SAMPLES = 8;
/** Tried up to every place in them. */
const CUT_SAMPLES = 3;
const LONGEST_BEGINNING = 24;
/** A machine that is busy takes this for a pass over the text, too; what takes it is measured. */
const SUSPICIOUS_MS = 10;

const sources = SOURCES.flatMap(filesOf);
const expressions = new Map(sources.flatMap((file) => expressionsOf(file, readFileSync(file, "utf8"))));

function filesOf(name: string): string[] {
  try {
    return readdirSync(join(PACKAGES, name, "src"), { recursive: true, encoding: "utf8" })
      .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
      .map((path) => join(PACKAGES, name, "src", path));
  } catch {
    return [];
  }
}

/** All regular expressions that stand in a file. Those put together at run time are tested where they are. */
function expressionsOf(file: string, text: string): Array<[string, RegExp]> {
  const found: Array<[string, RegExp]> = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { regex } = node as { regex?: { pattern: string; flags: string } };
    if (regex)
      found.push([
        `${file.slice(PACKAGES.length + 1)} ${regex.pattern}`,
        new RegExp(regex.pattern, regex.flags),
      ]);
    else Object.values(node).forEach(visit);
  };
  visit(parseAst(text, { lang: file.endsWith("x") ? "tsx" : "ts" }));
  return found;
}

/** Beginnings of texts that the expression matches, and nothing. */
function beginningsFor({ source, flags }: RegExp): string[] {
  let matching: string[] = [];
  try {
    matching = fc.sample(fc.stringMatching(new RegExp(source, flags.replace(/[giy]/g, ""))), {
      numRuns: SAMPLES,
      seed: 1,
    });
  } catch {
    // What fast-check cannot make an example for is met from its start only.
  }
  const whole = matching.map((text) => text.slice(0, LONGEST_BEGINNING));
  const cut = whole.slice(0, CUT_SAMPLES).flatMap((text) => Array.from(text, (_, at) => text.slice(0, at)));
  return [...new Set(["", ...whole, ...cut])];
}

/** The text, by its size, on which the expression takes more than linear time; undefined if there is none. */
async function attackOn(expression: RegExp): Promise<string | undefined> {
  const { source, flags } = expression;
  const once = new RegExp(source, flags.replace(/[gy]/g, ""));
  for (const beginning of beginningsFor(expression))
    for (const piece of PIECES)
      for (const end of ENDS) {
        const textOf = (size: number) => `${beginning}${piece.repeat(size / piece.length)}${end}`;
        const text = textOf(SIZE);
        const before = process.threadCpuUsage();
        once.exec(text);
        const { user } = process.threadCpuUsage(before);
        if (user / 1_000 < SUSPICIOUS_MS) continue;
        const { isSuperlinear } = await measureGrowth((size) => {
          const grown = textOf(size);
          return () => once.exec(grown);
        });
        if (isSuperlinear) return JSON.stringify([beginning, piece, end]);
      }
  return undefined;
}

describe("a regular expression of the product takes linear time", () => {
  it("as far as this test can tell: it finds those that do not", async () => {
    for (const bad of [/^Bearer +(.*\S)/i, /\/+$/])
      expect([bad.source, typeof (await attackOn(bad))]).toEqual([bad.source, "string"]);
  }, 120_000);

  it("wherever it stands", async () => {
    expect(expressions.size).toBeGreaterThan(50);
    const attacks: string[] = [];
    for (const [place, expression] of expressions) {
      const attack = await attackOn(expression);
      if (attack !== undefined) attacks.push(`${place} on ${attack}`);
    }
    expect(attacks).toEqual([]);
  }, 300_000);
});
