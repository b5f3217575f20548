/** The programs of a README, and what each says that it prints. */
import { expect } from "vitest";

/** Nobody is to receive our tests. */
const SHOWN_TARGET = "https://example.com/hook";

export interface Program {
  readonly name: number;
  readonly code: string;
}

export function programsOf(readme: string): Program[] {
  return [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""], index) => ({
    name: index + 1,
    code,
  }));
}

export function toReceiver(code: string, receiverUrl: string): string {
  return code.replaceAll(SHOWN_TARGET, `${receiverUrl}/hook`);
}

/** `console.log(…); // what it prints`, in this order. */
export function expectPrinted(stdout: string, code: string): void {
  const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, words]) => words ?? "");
  for (const [index, words] of promised.entries()) {
    const pattern = words
      .split("…")
      .map((part) => RegExp.escape(part.trim()))
      .join("[\\s\\S]*");
    expect(stdout.split("\n").slice(index).join("\n")).toMatch(new RegExp(pattern));
  }
}
