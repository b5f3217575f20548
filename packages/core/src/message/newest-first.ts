/** Sorts newest first; equal times by id, so that the order is total. */
export function newestFirst(
  a: { readonly createdAt: number; readonly messageId: string },
  b: { readonly createdAt: number; readonly messageId: string },
): number {
  return b.createdAt - a.createdAt || (a.messageId < b.messageId ? 1 : a.messageId > b.messageId ? -1 : 0);
}
