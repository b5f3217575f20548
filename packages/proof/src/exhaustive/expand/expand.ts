import type { Protocol } from "../protocol.ts";
import { expandModel } from "./model.ts";
import { PARTS, type Scenario } from "./scenario.ts";
import { WEAKENINGS } from "./weakening.ts";

export const EXPAND: Protocol = {
  about: "An event becomes one message for each endpoint that matches: completely, and once an endpoint.",
  parts: PARTS.map(({ scenario, states }) => ({
    scenario: told(scenario),
    make: () => expandModel(scenario),
    states,
  })),
  weakenings: WEAKENINGS.map(({ name, removes, scenario, steps }) => ({
    name,
    removes,
    steps,
    scenario: told(scenario),
    make: () => expandModel(scenario, name),
    makeWhole: () => expandModel(scenario),
  })),
};

function told({ actors, faults }: Scenario): string {
  return `${actors.join(", ")}; ${faults} ${faults === 1 ? "fault" : "faults"}`;
}
