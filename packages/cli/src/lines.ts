/** The two command lines, by what they are called. */
import { COMMANDS } from "./commands.ts";
import { completionOf } from "./completion.ts";
import { doctor } from "./doctor.ts";
import { KEY_COMMANDS } from "./key-commands.ts";
import type { CommandLine } from "./main.ts";
import { open } from "./open.ts";

export const HOMING: CommandLine = {
  name: "homing",
  about: "Sends messages through Homing and shows what becomes of them.",
  commands: { ...COMMANDS, open, doctor, completion: completionOf(() => HOMING) },
};

export const KEYS: CommandLine = {
  name: "npm run keys --",
  about: "Manages API keys and signing secrets.",
  commands: KEY_COMMANDS,
};
