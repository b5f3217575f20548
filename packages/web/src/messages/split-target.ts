/** A target's host, which says whom a message is for, and the rest of its address. */
export function splitTarget(targetUrl: string | undefined): { readonly host: string; readonly path: string } {
  if (targetUrl === undefined) return { host: "(payload missing)", path: "" };
  try {
    const { host, pathname, search } = new URL(targetUrl);
    return { host, path: pathname === "/" && !search ? "" : pathname + search };
  } catch {
    return { host: targetUrl, path: "" };
  }
}
