/** Lanes whose storage does not keep to one of its conditions: for the mutants that take it away. */
import type { LaneKey } from "@homing/core/lane/lane";
import type { LaneStore, LaneWrite } from "@homing/core/lane/lane-store";
import type { LaneChange } from "@homing/core/lane/lane-writes";
import { MemoryLaneStore } from "@homing/core/lane/memory-lane-store";
import type { Mutant } from "./simulate/mutant.ts";
import { overridingLanes } from "./simulate/overriding.ts";

/** The lanes as they are, and any change of one besides. */
class OpenLanes extends MemoryLaneStore {
  write(key: LaneKey, change: LaneChange): LaneWrite {
    return this.change(key, change);
  }
}

export function weakened(
  methods: (lanes: OpenLanes) => Partial<LaneStore>,
): NonNullable<Mutant["laneBackend"]> {
  return (clock, linePlaces) => {
    const lanes = new OpenLanes(clock, linePlaces);
    return overridingLanes(lanes, methods(lanes));
  };
}
