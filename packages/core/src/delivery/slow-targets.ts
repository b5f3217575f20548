/**
 * A bounded share of the workers for one target. A target that keeps several requests of one process waiting is marked,
 * for all processes to know; while it is, some of them leave what is sent to it to the others. Nothing is decided over
 * a message by this: its copy is sent to the queue again, to come back a little later.
 */
import { type Cached, cached } from "../cached.ts";
import { type Clock, elapsedMs, type Moment, momentOf } from "../clock.ts";
import { MINUTE, SECOND } from "../duration.ts";
import type { Observer } from "../observe/observe.ts";

/** A target keeps a process waiting if so many requests to it are open for so long, at once. */
export const SLOW_TARGET = { requests: 5, openMs: SECOND } as const;
/** Then that is known for so long; whoever goes on waiting says so again. */
const MARKED_MS = MINUTE;
const MARKED_AGAIN_MS = MINUTE / 2;
/** Each process looks what others have marked this often, and only for what has waited for a while. */
export const READ_EVERY_MS = SECOND;
const WAITED_MS = 2 * SECOND;
/** Of the processes that share a queue, those that take what goes to a marked target. */
export const TAKES_SLOW_SHARE = 0.5;
/** How long a copy stays away: as long as its message is old, within these. */
export const POSTPONEMENT = { shortestMs: 15 * SECOND, longestMs: 5 * MINUTE } as const;

/** Where marks are, for all processes: by origin, until when. */
export interface SlowTargetMarks {
  /** May lack what was marked a moment ago. @throws StorageError */
  read(): Promise<ReadonlyMap<string, number>>;
  /** `over`: others that need not be kept any longer. @throws StorageError */
  mark(origin: string, until: number, over: readonly string[]): Promise<void>;
}

export interface SlowTargetsOptions {
  readonly clock: Clock;
  readonly observer: Observer;
  /** Absent: no other process takes from the queue. */
  readonly marks?: SlowTargetMarks;
  /** Of a process that shares the queue with others. */
  readonly takesSlow?: boolean;
  /** Requests that one slow target may keep waiting here. */
  readonly most?: number;
  /** Calls back in so many milliseconds, unless that is ended before. */
  readonly after?: (ms: number, call: () => void) => () => void;
}

/** What a worker needs of it. */
export interface Hands {
  /** A request to this URL leaves; to be called when it has ended. */
  begin(url: string): () => void;
  /** Whether what has been there since then is to be left to others, or for later. Never rejects. */
  holdsBack(url: string, createdAt: number): Promise<boolean>;
}

export class SlowTargets implements Hands {
  readonly #options: SlowTargetsOptions;
  readonly #after: (ms: number, call: () => void) => () => void;
  readonly #marked: Cached<ReadonlyMap<string, number>>;
  /** By origin: requests that have been open for longer than a target should take. */
  readonly #slow = new Map<string, number>();
  readonly #told = new Map<string, Moment>();

  constructor(options: SlowTargetsOptions) {
    const { clock, marks } = options;
    this.#options = options;
    this.#after = options.after ?? afterTimeout;
    this.#marked = cached({ lifeMs: READ_EVERY_MS, maxEntries: 1 }, clock, async () =>
      marks === undefined ? new Map<string, number>() : marks.read(),
    );
  }

  begin(url: string): () => void {
    const origin = originOf(url);
    let isSlow = false;
    const cancel = this.#after(SLOW_TARGET.openMs, () => {
      isSlow = true;
      const slow = (this.#slow.get(origin) ?? 0) + 1;
      this.#slow.set(origin, slow);
      if (slow >= SLOW_TARGET.requests) void this.#tell(origin);
    });
    return () => {
      cancel();
      if (!isSlow) return;
      isSlow = false;
      const left = (this.#slow.get(origin) ?? 0) - 1;
      if (left > 0) this.#slow.set(origin, left);
      else this.#slow.delete(origin);
    };
  }

  async holdsBack(url: string, createdAt: number): Promise<boolean> {
    const { clock, marks, takesSlow = true, most = Infinity, observer } = this.#options;
    const origin = originOf(url);
    if ((this.#slow.get(origin) ?? 0) >= most) return true;
    if (takesSlow || marks === undefined || clock.now() - createdAt < WAITED_MS) return false;
    try {
      return ((await this.#marked()).get(origin) ?? 0) > clock.now();
    } catch (error) {
      observer.log.write("warn", "slow_targets_unknown", {}, error);
      return false;
    }
  }

  async #tell(origin: string): Promise<void> {
    const { clock, marks, observer } = this.#options;
    const told = this.#told.get(origin);
    if (marks === undefined || (told && elapsedMs(clock, told) < MARKED_AGAIN_MS)) return;
    this.#told.set(origin, momentOf(clock));
    try {
      const now = clock.now();
      const over = [...(await this.#marked())].flatMap(([one, until]) =>
        until <= now && one !== origin ? [one] : [],
      );
      for (const one of over) this.#told.delete(one);
      await marks.mark(origin, now + MARKED_MS, over);
      observer.log.write("info", "target_slow", { targetOrigin: origin });
    } catch (error) {
      this.#told.delete(origin);
      observer.log.write("warn", "slow_target_not_marked", { targetOrigin: origin }, error);
    }
  }
}

/** How long a copy stays away whose message was made then; those that are sent away together come back one by one. */
export function postponedMs(createdAt: number, now: number, random: () => number): number {
  const { shortestMs, longestMs } = POSTPONEMENT;
  const wholeMs = Math.min(longestMs, Math.max(shortestMs, now - createdAt));
  return Math.ceil(wholeMs * (0.5 + random() / 2));
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? "";
}

function afterTimeout(ms: number, call: () => void): () => void {
  const timeout = setTimeout(call, ms).unref();
  return () => clearTimeout(timeout);
}
