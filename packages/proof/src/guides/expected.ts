/** What a page says that its programs print, and whether they did. */

/** `console.log(…); // FAILED 404` and in Python and in a shell `…  # FAILED 404`; `…` stands for anything. */
export function promises(code: string): RegExp[] {
  return [...code.matchAll(/^.*\S {1,2}(?:\/\/|#) (.*)$/gm)].map(([, words = ""]) => matching(words));
}

/** The JSON documents that were printed, each on a line of its own. */
export function answers(printed: string): unknown[] {
  return printed
    .split(/\n|(?<=\})(?=\{)/)
    .filter((line) => line.startsWith("{") || line.startsWith("["))
    .map((line) => JSON.parse(line));
}

/** Everything that is shown is there; there may be more, and `…` stands for anything. */
export function isShown(shown: unknown, actual: unknown): boolean {
  if (typeof shown === "string")
    return typeof actual === "string" && new RegExp(`^${matching(shown).source}$`).test(actual);
  if (Array.isArray(shown))
    return (
      Array.isArray(actual) &&
      actual.length === shown.length &&
      shown.every((one, index) => isShown(one, actual[index]))
    );
  if (typeof shown === "object" && shown !== null)
    return (
      typeof actual === "object" &&
      actual !== null &&
      Object.entries(shown).every(([name, value]) => isShown(value, Reflect.get(actual, name)))
    );
  return shown === actual;
}

function matching(words: string): RegExp {
  return new RegExp(
    words
      .split("…")
      .map((part) => RegExp.escape(part))
      .join("[\\s\\S]*"),
  );
}
