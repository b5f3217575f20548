/** What a command line reads and writes, so that tests can stand in for it. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a line of the result. */
  out(line: string): void;
  /** Writes a line that is not the result: a hint or an error. */
  err(line: string): void;
  /** Everything on standard input. */
  stdin(): Promise<Uint8Array>;
  /** Aborts when the user ends the command. */
  readonly signal: AbortSignal;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  now(): number;
  /** Asks whoever sits there, and answers what they type; undefined where nobody does. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Shows a page in whoever's browser; false if none could be started. Undefined where nobody sits. */
  readonly browse: ((url: string) => Promise<boolean>) | undefined;
  /** Whether people read the output: colours, and columns that line up. */
  readonly isInteractive: boolean;
}

/** What a command ends with; scripts rely on it. */
export const EXIT = {
  done: 0,
  /** Refused, or the message came to a bad end. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** Nothing is wrong with the call; it is worth repeating later. */
  temporary: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
