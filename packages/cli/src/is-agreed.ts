import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Whether whoever sits there says yes. @throws UsageError where nobody can be asked */
export async function isAgreed({ ask }: Pick<Terminal, "ask">, verb: string, what: string): Promise<boolean> {
  if (!ask) throw new UsageError(`This would ${verb.toLowerCase()} ${what}; --yes does so without asking.`);
  return /^\s*y(?:es)?\s*$/i.test(await ask(`${verb} ${what}? [y/N] `));
}
