/** The settings of the stage that is being deployed; SST's globals exist here, unlike in stage.ts. */
import { stageSettings } from "./stage.ts";

export const stage = stageSettings({ name: $app.stage, dev: $dev, env: process.env });
