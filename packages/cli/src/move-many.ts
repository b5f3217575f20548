/** Many messages moved by one command: they are counted first, and nothing is done that nobody has agreed to. */
import { type Invocation, noArguments } from "./command.ts";
import { isAgreed } from "./is-agreed.ts";
import { EXIT, type ExitCode } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

export const MANY_OPTIONS = {
  "dry-run": { type: "boolean" },
  yes: { type: "boolean", short: "y" },
} as const;

export const MANY_EXPLANATIONS = ["--dry-run         only count them", "--yes, -y         do not ask"];

type Done = "retried" | "cancelled" | "replayed" | "resolved";

interface Stretch extends Readonly<Partial<Record<Done, number>>> {
  readonly skipped: number;
  readonly nextCursor?: string | undefined;
}

/** What is done to them, and its words. */
export interface Move {
  readonly verb: string;
  readonly done: Done;
  /** Which of them, in one word. */
  readonly which: string;
  /** What one of them is; a message unless given. */
  readonly noun?: string;
  readonly count: () => Promise<number>;
  readonly stretches: () => AsyncIterable<Stretch>;
}

type ManyInvocation = Omit<Invocation<typeof MANY_OPTIONS>, "client">;

/** @throws UsageError if it has to ask, and nobody can be asked. */
export async function moveMany(invocation: ManyInvocation, move: Move): Promise<ExitCode> {
  const { terminal, values, positionals, json, show, note } = invocation;
  const { done } = move;
  noArguments(positionals);
  if (values["dry-run"]) {
    const matching = await move.count();
    show({ matching }, () => [`${textOf(matching, move)} would be ${done}`]);
    return EXIT.done;
  }
  if (!values.yes) {
    const matching = await move.count();
    if (matching > 0 && !(await isAgreed(terminal, move.verb, textOf(matching, move)))) {
      note(`Nothing was ${done}.`);
      return EXIT.failed;
    }
  }
  let moved = 0;
  let skipped = 0;
  for await (const stretch of move.stretches()) {
    moved += stretch[done] ?? 0;
    skipped += stretch.skipped;
    if (stretch.nextCursor !== undefined && !json) note(`${moved} ${done} so far`);
  }
  show({ [done]: moved, skipped }, () => [`${moved} ${done}, ${skipped} skipped`]);
  return EXIT.done;
}

/** @throws UsageError for an option that says nothing of one message. */
export function refuseOptionsForMany(values: Readonly<Record<string, unknown>>): void {
  const [unused] = Object.keys(values).filter((name) => name !== "json" && name !== "url");
  if (unused !== undefined) throw new UsageError(`--${unused} can be used with --all only.`);
}

function textOf(matching: number, { which, noun = "message" }: Move): string {
  return `${matching.toLocaleString("en")} ${which} ${noun}${matching === 1 ? "" : "s"}`;
}
