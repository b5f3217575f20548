/** The mutants of a lane's own writes, those of its overflow first of all: one condition of the storage taken out of each. */
import type { Lane } from "@homing/core/lane/lane";
import { messageIdAt } from "@homing/core/lane/place";
import { placeName } from "./check/order-rules.ts";
import type { Ledger } from "./simulate/ledger.ts";
import type { Mutant } from "./simulate/mutant.ts";
import { overridingLanes } from "./simulate/overriding.ts";
import { weakened } from "./weakened-lanes.ts";

export const OVERFLOW_MUTANTS: readonly Mutant[] = [
  {
    name: "O2",
    removes: "a place names the message alone, in whatever round it is",
    lanes: (lanes, { ledger }) => {
      const shown = <T extends { readonly lane?: Lane }>({ lane, ...written }: T) =>
        lane === undefined ? written : { ...written, lane: ofPresentRounds(lane, ledger) };
      const stored = (key: Parameters<typeof lanes.get>[0], place: string) =>
        ledger.lanes.laneOf(key)?.line.find((one) => messageIdAt(one) === messageIdAt(place));
      return overridingLanes(lanes, {
        get: async (key) => {
          const lane = await lanes.get(key);
          return lane && ofPresentRounds(lane, ledger);
        },
        getMany: async (laneIds) =>
          (await lanes.getMany(laneIds)).map((lane) => ofPresentRounds(lane, ledger)),
        join: async (key, places, now) => {
          const lane = ledger.lanes.laneOf(key);
          const isThere = lane !== undefined && places.some((place) => stored(key, place));
          return shown(isThere ? { applied: false, lane } : await lanes.join(key, places, now));
        },
        pass: async (key, place, ...rest) =>
          shown(await lanes.pass(key, stored(key, place) ?? place, ...rest)),
        mark: async (key, place, ...rest) =>
          shown(await lanes.mark(key, stored(key, place) ?? place, ...rest)),
        arm: async (...given) => shown(await lanes.arm(...given)),
      });
    },
  },
  {
    name: "O14",
    removes: "a lane is disarmed if one place is left, whosever it is",
    laneBackend: weakened((lanes) => ({
      disarm: async (key) =>
        lanes.write(key, ({ dueAt: _, ...lane }) =>
          !lane.overflowing && lane.line.length <= 1 ? lane : undefined,
        ),
    })),
  },
  {
    name: "O17",
    removes: "a segment is sealed once it is loaded, not before",
    laneBackend: weakened((lanes) => ({
      seal: async (key, number) => {
        const [segment] = await lanes.segments(key, number, 1);
        return segment?.number === number ? segment : { number, places: [], sealed: false };
      },
      load: async (key, segment) => {
        const written = await lanes.load(key, segment);
        if (written.applied) await lanes.seal(key, segment.number);
        return written;
      },
    })),
  },
  {
    name: "O18",
    removes: "who finds a segment sealed goes on to the next one",
    lanes: (lanes) =>
      overridingLanes(lanes, {
        joinSegment: async (...given) => {
          const { applied, segment } = await lanes.joinSegment(...given);
          if (!segment?.sealed) return { applied, ...(segment ? { segment } : {}) };
          const places = Array.from({ length: lanes.linePlaces }, () => "");
          return { applied, segment: { ...segment, places, sealed: false } };
        },
      }),
  },
  {
    name: "O18 advance",
    removes: "who finds a segment sealed does not look at the head of the lane",
    lanes: (lanes, { role }) =>
      role === "producer" ? overridingLanes(lanes, { get: async () => undefined }) : lanes,
  },
  {
    name: "O19",
    removes: "the overflow is over once a segment is loaded, even a full one",
    laneBackend: weakened((lanes) => ({
      load: async (key, segment) => {
        const written = await lanes.load(key, segment);
        return written.applied ? lanes.write(key, (lane) => ({ ...lane, overflowing: false })) : written;
      },
    })),
  },
  {
    name: "O20",
    removes: "the line takes whoever it has room for, although others have overflowed",
    laneBackend: weakened((lanes) => ({
      join: async (key, places, now) => {
        const written = lanes.write(key, (lane) =>
          lane.overflowing &&
          lane.line.length < lanes.linePlaces &&
          !places.some((place) => lane.line.includes(place))
            ? { ...lane, line: [...lane.line, ...places] }
            : undefined,
        );
        return written.applied ? written : lanes.join(key, places, now);
      },
    })),
  },
  {
    name: "O21",
    removes: "a segment is loaded into an empty line, whichever is the next one",
    laneBackend: weakened((lanes) => ({
      load: async (key, { number, places }) =>
        lanes.write(key, (lane) =>
          lane.overflowing && lane.line.length === 0
            ? {
                ...lane,
                line: places,
                nextSegment: number + 1,
                overflowing: places.length >= lanes.linePlaces,
              }
            : undefined,
        ),
    })),
  },
];

function ofPresentRounds(lane: Lane, ledger: Ledger): Lane {
  const line = lane.line.map((place) => {
    const message = ledger.state(messageIdAt(place));
    return message ? placeName(message) : place;
  });
  return { ...lane, line };
}
