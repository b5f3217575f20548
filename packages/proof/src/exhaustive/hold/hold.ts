import type { Protocol } from "../protocol.ts";
import { holdModel } from "./model.ts";
import { WEAKENINGS, type WeakeningName } from "./weakening.ts";

const scenarioOf = (copies: number) =>
  `two workers, ${copies} ${copies === 1 ? "copy" : "copies"}, paused and resumed twice, 1 fault`;

export const HOLD: Protocol = {
  about: "An endpoint is paused and resumed: nothing goes out meanwhile, and nothing stays held.",
  parts: [
    { scenario: scenarioOf(1), make: () => holdModel(1), states: 803 },
    { scenario: scenarioOf(2), make: () => holdModel(2), states: 5_514 },
  ],
  weakenings: (Object.keys(WEAKENINGS) as WeakeningName[]).map((name) => {
    const { removes, copies, steps } = WEAKENINGS[name];
    return {
      name,
      removes,
      steps,
      scenario: scenarioOf(copies),
      make: () => holdModel(copies, name),
      makeWhole: () => holdModel(copies),
    };
  }),
};
