import type { Protocol } from "../protocol.ts";
import { ALL_GUARDS } from "./guards.ts";
import { fairLaneModel } from "./lane.ts";
import { PARTS } from "./parts.ts";
import type { Scenario } from "./scenario.ts";
import { scenarioOf, WEAKENINGS } from "./weakening.ts";

/** Every how many states one is asked whether it is stuck. */
const FAIR_RUN_EVERY = 60;
const FAIR_RUN_EVERY_WEAKENED = 30;

export const ORDER: Protocol = {
  about: "Messages of one key are requested one at a time, in the order in which they joined.",
  parts: PARTS.map(({ about, scenario, without, states }) => ({
    scenario: about,
    make: () => fairLaneModel({ ...ALL_GUARDS, ...without }, scenario),
    fairRunEvery: FAIR_RUN_EVERY,
    ...(states === undefined ? {} : { states }),
  })),
  weakenings: WEAKENINGS.map((weakening) => {
    const { name, removes, without, steps } = weakening;
    const scenario = scenarioOf(weakening);
    return {
      name,
      removes,
      steps,
      scenario: told(weakening.scenario),
      make: () => fairLaneModel({ ...ALL_GUARDS, ...without }, scenario),
      makeWhole: () => fairLaneModel(ALL_GUARDS, scenario),
      fairRunEvery: FAIR_RUN_EVERY_WEAKENED,
    };
  }),
};

function told({ prefix = [], ...others }: Partial<Scenario>): string {
  const settings = Object.entries(others).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [...settings, ...(prefix.length ? [`behind: ${prefix.join("; ")}`] : [])].join(", ");
}
