const SCHEME = "bearer ";

/** The key of an `authorization: Bearer <key>` header; undefined if there is none. Keys may hold spaces inside. */
export function bearerKey(authorization: string | undefined): string | undefined {
  if (authorization?.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return undefined;
  const key = authorization.slice(SCHEME.length).trim();
  return key === "" ? undefined : key;
}
