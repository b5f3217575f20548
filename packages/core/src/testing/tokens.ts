let count = 0;

/** A token that no other write of this process carries, short enough to read in a failure. */
export function nextToken(): string {
  count += 1;
  return `token-${count}`;
}
