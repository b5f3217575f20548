import { lookup, Resolver } from "node:dns/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { HostsFile } from "./hosts-file.ts";

/** The addresses of a name. */
export interface Resolution {
  /** At least one. */
  readonly addresses: readonly string[];
  /** What the other family's answer will add; never rejects. */
  readonly late?: Promise<readonly string[]>;
}

/** Rejects with a DNS error code for a name without an address. */
export type ResolveHost = (hostname: string) => Promise<Resolution>;

/** RFC 8305 §3: how long the answer for one family waits for that for the other. */
export const RESOLUTION_DELAY_MS = 50;

/** Two tries of this length with one name server; with several the limit below ends them. */
const QUERY_TIMEOUT_MS = 3_000;
const QUERY_TRIES = 2;
/** Inside the deadline of an attempt, so that name servers that do not answer are called by their name. */
const RESOLUTION_LIMIT_MS = 8_000;

interface FamilyAnswer {
  readonly family: 4 | 6;
  readonly addresses: readonly string[];
  readonly error?: unknown;
}

/**
 * Asks the name servers directly, for A and AAAA at once. Not the operating system's resolver: Node gives that
 * only two threads for all names, so two names whose servers never answer would stop every other delivery.
 * With a hosts file (where private targets are allowed) that is read before, in the system's order, and the
 * system's resolver is asked after, for the names that only this machine knows.
 */
export function createHostResolver(
  options: {
    readonly hostsFile?: HostsFile;
    /** `address:port` of the name servers; default: the system's. */
    readonly servers?: readonly string[];
    /** After which silent name servers count as silent. */
    readonly limitMs?: number;
  } = {},
): ResolveHost {
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  if (options.servers) resolver.setServers(options.servers);
  const { hostsFile, limitMs = RESOLUTION_LIMIT_MS } = options;

  const askNameServers = (hostname: string) =>
    firstAnswers(
      familyAnswer(4, resolver.resolve4(hostname), limitMs),
      familyAnswer(6, resolver.resolve6(hostname), limitMs),
    );

  if (hostsFile === undefined) return askNameServers;
  return async (hostname) => {
    const known = await hostsFile(hostname);
    if (known.length > 0) return { addresses: known };
    try {
      return await askNameServers(hostname);
    } catch (error) {
      // Silent servers would keep one of the two threads for long, too.
      if (codeOf(error) === "ETIMEOUT") throw error;
      const found = await lookup(hostname, { all: true }).catch(() => []);
      if (found.length === 0) throw error;
      return { addresses: found.map(({ address }) => address) };
    }
  };
}

/** The first family's addresses, and the other's if they come within the delay; those that come later, later. */
async function firstAnswers(ipv4: Promise<FamilyAnswer>, ipv6: Promise<FamilyAnswer>): Promise<Resolution> {
  const first = await Promise.race([ipv4, ipv6]);
  const other = first.family === 4 ? ipv6 : ipv4;
  if (first.addresses.length === 0) {
    // Not even NXDOMAIN decides for both: some servers answer it for the one type they do not know.
    const second = await other;
    if (second.addresses.length === 0) throw mostTelling([first.error, second.error]);
    return { addresses: second.addresses };
  }
  // Either family waits for the other, although the RFC lets AAAA go ahead: the egress guard sees both.
  const waiting = new AbortController();
  const second = await Promise.race([
    other,
    wait(RESOLUTION_DELAY_MS, undefined, { signal: waiting.signal }).catch(() => undefined),
  ]);
  waiting.abort();
  if (second !== undefined) return { addresses: [...first.addresses, ...second.addresses] };
  return { addresses: first.addresses, late: other.then(({ addresses }) => addresses) };
}

async function familyAnswer(family: 4 | 6, query: Promise<string[]>, limitMs: number): Promise<FamilyAnswer> {
  const answered = new AbortController();
  const limit = wait(limitMs, undefined, { signal: answered.signal, ref: false }).then(() => {
    throw Object.assign(new Error("The name servers do not answer."), { code: "ETIMEOUT" });
  });
  try {
    return { family, addresses: await Promise.race([query, limit]) };
  } catch (error) {
    return { family, addresses: [], error };
  } finally {
    limit.catch(() => undefined);
    answered.abort();
  }
}

/** That there is no such name says more than a failure, and a failure more than that one type is missing. */
function mostTelling(errors: readonly unknown[]): unknown {
  return (
    errors.find((error) => codeOf(error) === "ENOTFOUND") ??
    errors.find((error) => codeOf(error) !== "ENODATA") ??
    errors[0]
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
