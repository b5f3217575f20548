/**
 * A simulation of Lambda fed from SQS, in virtual time: what a noisy sender does to a quiet one. Nothing of AWS
 * runs here; the model of fair queues follows
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html: a group with
 * more than its share of the messages in flight is noisy, and messages of other groups are handed out first.
 */
import {
  POSTPONEMENT,
  READ_EVERY_MS,
  SLOW_TARGET,
  TAKES_SLOW_SHARE,
} from "@homing/core/delivery/slow-targets";

export interface Scenario {
  /** Messages the noisy sender has queued at time 0. */
  readonly noisyMessages: number;
  /** Time one attempt takes at the noisy sender's target, before jitter. */
  readonly noisyTargetMs: number;
  /** Whether the queue is fair; else it hands messages out in the order in which they came. */
  readonly fair: boolean;
  /** Whether some workers leave a target to the others that keeps them waiting. */
  readonly sharesHands: boolean;
}

/** The deployed worker: invocations at once, and messages of one invocation. */
export interface Fleet {
  readonly concurrency: number;
  readonly batchSize: number;
}

const QUIET_MESSAGES = 200;
const QUIET_EVERY_MS = 250;
const QUIET_TARGET_MS = 100;
/** The two writes around an attempt, and the delete of the batch. */
const OWN_WORK_MS = 20;
/** Up to this long passes before an idle poller has a new message; each poller's luck differs. */
const LONGEST_POLL_MS = 20;
/** Targets take between this share less and this share more than their mean. */
const JITTER = 0.3;
/** Lambda begins with 5 invocations and adds up to 5 a second. */
const FIRST_INVOCATIONS = 5;
const ADDED_EVERY_MS = 200;
/** A group above this share of what is in flight is noisy. */
const NOISY_SHARE = 0.1;

/** What is sent again comes back after between a half and all of the shortest delay. */
const POSTPONED_MS = POSTPONEMENT.shortestMs;

interface Copy {
  readonly group: "noisy" | "quiet";
  readonly sentAt: number;
}

/** Times from sent to delivered of the quiet sender's messages, in milliseconds. */
export function quietTimes(scenario: Scenario, fleet: Fleet, random: () => number): number[] {
  const queue = { noisy: scenario.noisyMessages, quiet: [] as Copy[] };
  const inFlight = { noisy: 0, quiet: 0 };
  const times: number[] = [];
  const events = new EventQueue();
  /** Of each that waits for a batch: whether it takes messages to a target that is known to keep workers waiting. */
  const newProcess = () => !scenario.sharesHands || random() < TAKES_SLOW_SHARE;
  const idle = Array.from({ length: FIRST_INVOCATIONS }, newProcess);
  /** When the last process has read that the target keeps workers waiting. */
  let knownAt = Infinity;
  const jittered = (ms: number) => ms * (1 - JITTER + 2 * JITTER * random());

  const take = (): Copy[] => {
    const noisyFirst = !scenario.fair || inFlight.noisy <= NOISY_SHARE * (inFlight.noisy + inFlight.quiet);
    const batch: Copy[] = [];
    for (const group of noisyFirst ? (["noisy", "quiet"] as const) : (["quiet", "noisy"] as const)) {
      while (
        batch.length < fleet.batchSize &&
        (group === "noisy" ? queue.noisy > 0 : queue.quiet.length > 0)
      ) {
        if (group === "noisy") {
          queue.noisy -= 1;
          batch.push({ group, sentAt: 0 });
        } else {
          const copy = queue.quiet.shift();
          if (copy) batch.push(copy);
        }
      }
    }
    return batch;
  };

  const startInvocations = (now: number) => {
    while (idle.length > 0 && (queue.noisy > 0 || queue.quiet.length > 0)) {
      const takesSlow = idle.shift() ?? true;
      const batch = take();
      const noise = batch.filter(({ group }) => group === "noisy").length;
      const isPostponed = !takesSlow && now >= knownAt;
      if (
        scenario.sharesHands &&
        noise >= SLOW_TARGET.requests &&
        scenario.noisyTargetMs > SLOW_TARGET.openMs
      )
        knownAt = Math.min(knownAt, now + LONGEST_POLL_MS + OWN_WORK_MS + SLOW_TARGET.openMs + READ_EVERY_MS);
      let endsAt = now;
      for (const { group, sentAt } of batch) {
        inFlight[group] += 1;
        const polledAt = now + random() * LONGEST_POLL_MS;
        if (group === "noisy" && isPostponed) {
          endsAt = Math.max(endsAt, polledAt + 2 * OWN_WORK_MS);
          continue;
        }
        const targetMs = jittered(group === "quiet" ? QUIET_TARGET_MS : scenario.noisyTargetMs);
        const deliveredAt = polledAt + OWN_WORK_MS + targetMs;
        if (group === "quiet") times.push(deliveredAt - sentAt);
        endsAt = Math.max(endsAt, deliveredAt + OWN_WORK_MS);
      }
      if (isPostponed && noise > 0)
        events.add(endsAt + POSTPONED_MS * (0.5 + random() / 2), (at) => {
          queue.noisy += noise;
          startInvocations(at);
        });
      events.add(endsAt, (at) => {
        for (const { group } of batch) inFlight[group] -= 1;
        idle.push(takesSlow);
        startInvocations(at);
      });
    }
  };

  for (let added = FIRST_INVOCATIONS; added < fleet.concurrency; added += 1) {
    events.add((added - FIRST_INVOCATIONS) * ADDED_EVERY_MS, (now) => {
      idle.push(newProcess());
      startInvocations(now);
    });
  }
  for (let index = 0; index < QUIET_MESSAGES; index += 1) {
    // Between two messages of the noise, wherever that is in its rhythm.
    events.add(1_000 + index * QUIET_EVERY_MS + random() * QUIET_EVERY_MS, (sentAt) => {
      queue.quiet.push({ group: "quiet", sentAt });
      startInvocations(sentAt);
    });
  }
  startInvocations(0);
  while (times.length < QUIET_MESSAGES && events.step());
  return times;
}

/** What happens, in the order of its time. */
class EventQueue {
  readonly #events: Array<{ readonly at: number; readonly run: (now: number) => void }> = [];

  add(at: number, run: (now: number) => void): void {
    const index = this.#events.findLastIndex((event) => event.at <= at);
    this.#events.splice(index + 1, 0, { at, run });
  }

  step(): boolean {
    const next = this.#events.shift();
    next?.run(next.at);
    return next !== undefined;
  }
}
