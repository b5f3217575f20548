/** The orders in which messages are listed; equal times by id, so that each order is total. */

interface Accepted {
  readonly createdAt: number;
  readonly messageId: string;
}

export function newestFirst(a: Accepted, b: Accepted): number {
  return b.createdAt - a.createdAt || byText(b.messageId, a.messageId);
}

export function oldestFirst(a: Accepted, b: Accepted): number {
  return newestFirst(b, a);
}

export function soonestDueFirst(
  a: { readonly dueAt: number; readonly messageId: string },
  b: { readonly dueAt: number; readonly messageId: string },
): number {
  return a.dueAt - b.dueAt || byText(a.messageId, b.messageId);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
