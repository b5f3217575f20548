/** Why a call to the API gave no answer that can be used. */

export interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly correlationId?: string;
  readonly retryable?: boolean;
  readonly messageStatus?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** `status` 0: no answer at all (no network, a timeout, something that is not Homing). */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;
  /** How long the API asked to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, problem: Problem, retryAfterMs?: number, cause?: unknown) {
    super(problem.detail ?? problem.title ?? `The API answered ${status}.`, { cause });
    this.name = "ApiError";
    this.status = status;
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

/** True if the same call may succeed a little later. */
export function isTransient(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
}

export function isRefused(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

export function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** Whoever looks at the screen should not have to wait longer once the API is back. */
const LONGEST_BACKOFF_MS = 15_000;

/** 1 s, 2 s, 4 s … up to 15 s, or longer if the API asked for it; jittered by up to a quarter. */
export function backoffMs(failures: number, error: unknown, random: () => number = Math.random): number {
  const exponentialMs = Math.min(1_000 * 2 ** failures, LONGEST_BACKOFF_MS);
  const askedMs = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(exponentialMs, askedMs) * (1 + random() / 4);
}

/** One sentence for people, naming the correlation id where there is one to look for in the logs. */
export function describeError(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something went wrong in the dashboard itself.";
  if (error.status === 0) return "Homing's API cannot be reached.";
  const errors = (error.problem.errors ?? []).map(({ path, message }) =>
    path ? `${path} ${message}` : message,
  );
  const text = errors.length > 0 ? `${errors.join("; ")}.` : error.message;
  const { correlationId } = error.problem;
  return error.status >= 500 && correlationId ? `${text} (correlation id ${correlationId})` : text;
}
