import { lookup, Resolver } from "node:dns/promises";

/** All addresses of a name, at least one; rejects with a DNS error code otherwise. */
export type ResolveHost = (hostname: string) => Promise<readonly string[]>;

/** Two tries of this length end well inside the deadline of an attempt. */
const QUERY_TIMEOUT_MS = 3_000;
const QUERY_TRIES = 2;

/**
 * Asks the name servers directly, for A and AAAA at once. Not the operating system's resolver: Node gives that
 * only two threads for all names, so two names whose servers never answer would stop every other delivery.
 * It is asked second, and only with `useHostsFile` (where private targets are allowed), for the names that
 * only this machine knows.
 */
export function createHostResolver(options: {
  readonly useHostsFile: boolean;
  /** `address:port` of the name servers; default: the system's. */
  readonly servers?: readonly string[];
}): ResolveHost {
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  if (options.servers) resolver.setServers(options.servers);
  return async (hostname) => {
    const [ipv4, ipv6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = [ipv4, ipv6].flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (addresses.length > 0) return addresses;
    if (options.useHostsFile) return (await lookup(hostname, { all: true })).map(({ address }) => address);
    throw ipv4.status === "rejected" ? ipv4.reason : new Error("The name has no address.");
  };
}
