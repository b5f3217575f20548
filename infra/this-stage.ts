/** The settings of the stage that is being deployed; SST's globals exist here, unlike in stage.ts. */
import { SettingsError } from "../packages/core/src/settings.ts";
import { type StageSettings, stageSettings } from "./stage.ts";

/** SST prints an error of this name as it reads, and every other with its trace. */
class VisibleError extends Error {}

export const stage = settingsOrVisibleError();

function settingsOrVisibleError(): StageSettings {
  try {
    return stageSettings({ name: $app.stage, dev: $dev, env: process.env });
  } catch (error) {
    throw error instanceof SettingsError ? new VisibleError(error.message, { cause: error }) : error;
  }
}
