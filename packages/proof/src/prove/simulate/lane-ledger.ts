/** What really happened to lanes in a simulation: in which order all have joined, and who was requested. */
import { type Lane, type LaneKey, laneIdOf } from "@homing/core/lane/lane";

export class LaneLedger {
  readonly #order = new Map<string, string[]>();
  readonly #joinedAt = new Map<string, number>();
  readonly #requested = new Set<string>();
  readonly #lanes = new Map<string, Lane>();
  readonly #highestSequence = new Map<string, number>();
  /** Called with each lane as it is after a write. */
  onWrite: (fact: { readonly after: Lane }) => void = () => {};

  /** Takes note of a join that took effect. A place that joins again stands where it stood first. */
  join(at: number, key: LaneKey, places: readonly string[]): void {
    const laneId = laneIdOf(key);
    const order = this.#order.get(laneId) ?? [];
    this.#order.set(laneId, order);
    for (const place of places) {
      if (order.includes(place)) continue;
      order.push(place);
      this.#joinedAt.set(place, at);
    }
  }

  get hasAny(): boolean {
    return this.#lanes.size > 0;
  }

  observe(lane: Lane): void {
    this.#lanes.set(laneIdOf(lane), lane);
    this.onWrite({ after: lane });
  }

  laneOf(key: LaneKey): Lane | undefined {
    return this.#lanes.get(laneIdOf(key));
  }

  orderOf(key: LaneKey): readonly string[] {
    return this.#order.get(laneIdOf(key)) ?? [];
  }

  joinedAt(place: string): number | undefined {
    return this.#joinedAt.get(place);
  }

  request(place: string): void {
    this.#requested.add(place);
  }

  wasRequested(place: string): boolean {
    return this.#requested.has(place);
  }

  /** Takes note of a number that was given; answers the highest before it. */
  number(key: LaneKey, sequence: number): number {
    const laneId = laneIdOf(key);
    const before = this.#highestSequence.get(laneId) ?? 0;
    this.#highestSequence.set(laneId, Math.max(before, sequence));
    return before;
  }

  /** Of the lanes that will not have expired by then. */
  nextDueAt(now: number): number {
    let next = Infinity;
    for (const { dueAt, expiresAt = Infinity } of this.#lanes.values())
      if (dueAt !== undefined && dueAt < next && expiresAt > Math.max(now, dueAt)) next = dueAt;
    return next;
  }
}
