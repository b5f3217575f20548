import { EXPAND } from "./expand/expand.ts";
import { HOLD } from "./hold/hold.ts";
import type { Protocol } from "./protocol.ts";

export const PROTOCOLS = { expand: EXPAND, hold: HOLD } as const satisfies Readonly<Record<string, Protocol>>;
