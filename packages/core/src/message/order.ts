/** The orders in which messages are listed; equal times by id, so that each order is total. */

export function newestFirst(
  a: { readonly createdAt: number; readonly messageId: string },
  b: { readonly createdAt: number; readonly messageId: string },
): number {
  return b.createdAt - a.createdAt || byText(b.messageId, a.messageId);
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
