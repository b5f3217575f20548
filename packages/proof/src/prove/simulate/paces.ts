/** What was reserved in the paces of limited endpoints: a part of the ledger. */
import type { SlotRequest } from "@homing/core/endpoint/pace";

export interface ReservationFact {
  readonly at: number;
  readonly process: string;
  readonly endpointId: string;
  readonly request: SlotRequest;
  readonly slotsAt: readonly number[];
}

export class Paces {
  readonly #facts: ReservationFact[] = [];
  onReserve: (fact: ReservationFact) => void = () => {};

  reserved(fact: ReservationFact): void {
    this.#facts.push(fact);
    this.onReserve(fact);
  }

  of(endpointId: string): readonly ReservationFact[] {
    return this.#facts.filter((fact) => fact.endpointId === endpointId);
  }
}
