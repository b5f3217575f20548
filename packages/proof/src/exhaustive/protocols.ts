import { EXPAND } from "./expand/expand.ts";
import { HOLD } from "./hold/hold.ts";
import { ORDER } from "./order/order.ts";
import type { Protocol } from "./protocol.ts";

export const PROTOCOLS = { expand: EXPAND, hold: HOLD, order: ORDER } as const satisfies Readonly<
  Record<string, Protocol>
>;
