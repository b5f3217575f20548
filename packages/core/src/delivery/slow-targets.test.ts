import { beforeEach, describe, expect, it } from "vitest";
import { MINUTE, SECOND } from "../duration.ts";
import { RecordingObserver } from "../testing/recording-observer.ts";
import { TestClock } from "../testing/test-clock.ts";
import { postponedMs, type SlowTargetMarks, SlowTargets, type SlowTargetsOptions } from "./slow-targets.ts";

const URL_A = "https://a.example/hook?token=1";
const URL_B = "https://b.example/hook";

let clock: TestClock;
let observer: RecordingObserver;
let alarms: Array<{ readonly at: number; readonly ring: () => void }>;
let table: Map<string, number>;
let reads: number;
beforeEach(() => {
  clock = new TestClock();
  observer = new RecordingObserver();
  alarms = [];
  table = new Map();
  reads = 0;
});

const marks: SlowTargetMarks = {
  read: async () => {
    reads += 1;
    return new Map(table);
  },
  mark: async (origin, until, over) => {
    table.set(origin, until);
    for (const one of over) table.delete(one);
  },
};

const process = (over: Partial<SlowTargetsOptions> = {}) =>
  new SlowTargets({
    clock,
    observer,
    after: (ms, ring) => {
      const alarm = { at: clock.now() + ms, ring };
      alarms.push(alarm);
      return () => void alarms.splice(alarms.indexOf(alarm), 1);
    },
    ...over,
  });

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  for (const alarm of alarms.filter(({ at }) => at <= clock.now())) {
    alarms.splice(alarms.indexOf(alarm), 1);
    alarm.ring();
  }
  await new Promise(setImmediate);
}

const begin = (hands: SlowTargets, requests: number, url = URL_A) =>
  Array.from({ length: requests }, () => hands.begin(url));
/** What has waited in the queue since then. */
const longAgo = () => clock.now() - 10 * SECOND;

describe("of the processes that share a queue", () => {
  it("those that do not take what is slow leave it to the others, as soon as one is kept waiting", async () => {
    const kept = process({ marks, takesSlow: true });
    const spared = process({ marks, takesSlow: false });
    begin(kept, 5);
    await pass(999);
    expect(await spared.holdsBack(URL_A, longAgo())).toBe(false);
    await pass(SECOND);
    expect(await spared.holdsBack(URL_A, longAgo())).toBe(true);
    expect(await kept.holdsBack(URL_A, longAgo())).toBe(false);
    expect(await spared.holdsBack(URL_B, longAgo())).toBe(false);
  });

  it.each([
    ["four requests that wait", 4, 2 * SECOND],
    ["requests that are answered in time", 50, 0],
  ])("%s leave nothing to anybody", async (_name, requests, waitMs) => {
    const kept = process({ marks });
    const ends = begin(kept, requests);
    await pass(waitMs);
    for (const end of ends) end();
    await pass(10 * SECOND);
    expect(table).toEqual(new Map());
  });

  it("all take it again a minute after nobody was kept waiting any more", async () => {
    const kept = process({ marks });
    const spared = process({ marks, takesSlow: false });
    const ends = begin(kept, 5);
    await pass(SECOND);
    for (const end of ends) end();
    await pass(MINUTE - SECOND);
    expect(await spared.holdsBack(URL_A, longAgo())).toBe(true);
    await pass(2 * SECOND);
    expect(await spared.holdsBack(URL_A, longAgo())).toBe(false);
  });

  it("one that goes on being kept waiting says so, not more often than twice a minute", async () => {
    let writes = 0;
    const counting = {
      ...marks,
      mark: (...mark: Parameters<SlowTargetMarks["mark"]>) => {
        writes += 1;
        return marks.mark(...mark);
      },
    };
    const kept = process({ marks: counting });
    for (let second = 0; second < 120; second += 1) {
      begin(kept, 5);
      await pass(SECOND);
    }
    expect(writes).toBe(4);
    expect(table.get("https://a.example")).toBeGreaterThan(clock.now());
  });

  it("the next mark takes those along that are over", async () => {
    table.set("https://old.example", clock.now() - 1).set("https://new.example", clock.now() + MINUTE);
    begin(process({ marks }), 5);
    await pass(SECOND);
    expect([...table.keys()]).toEqual(["https://new.example", "https://a.example"]);
  });

  it("what has not waited costs no look, and what has one a second", async () => {
    const spared = process({ marks, takesSlow: false });
    for (let at = 0; at < 20; at += 1) await spared.holdsBack(URL_A, clock.now() - 1_999);
    expect(reads).toBe(0);
    for (let at = 0; at < 20; at += 1) await spared.holdsBack(URL_A, longAgo());
    expect(reads).toBe(1);
  });

  it("nobody is held up by marks that cannot be read or written", async () => {
    const down = () => Promise.reject(new Error("silent"));
    const hands = process({ marks: { read: down, mark: down }, takesSlow: false });
    begin(hands, 5);
    await pass(SECOND);
    expect(await hands.holdsBack(URL_A, longAgo())).toBe(false);
    expect(observer.events()).toEqual(["slow_target_not_marked", "slow_targets_unknown"]);
  });
});

describe("a process that has a queue to itself", () => {
  it("lets one slow target keep so many of its requests waiting, and no more, as long as they wait", async () => {
    const hands = process({ most: 3 });
    const [first] = begin(hands, 3);
    expect(await hands.holdsBack(URL_A, clock.now())).toBe(false);
    await pass(SECOND);
    expect(await hands.holdsBack(URL_A, clock.now())).toBe(true);
    expect(await hands.holdsBack(URL_B, clock.now())).toBe(false);
    first?.();
    first?.();
    expect(await hands.holdsBack(URL_A, clock.now())).toBe(false);
  });
});

describe("a copy that is left for later", () => {
  it.each([
    ["young", SECOND, 15 * SECOND],
    ["a minute old", MINUTE, MINUTE],
    ["a day old", 1_440 * MINUTE, 5 * MINUTE],
  ])("of a message that is %s stays away for between a half and all of its time", (_name, age, most) => {
    expect(postponedMs(0, age, () => 0)).toBe(most / 2);
    expect(postponedMs(0, age, () => 1)).toBe(most);
  });
});
