import { isIP, type LookupFunction } from "node:net";
import { checkAddress, explainRefusal } from "@homing/core/delivery/address-guard";
import { buildConnector } from "undici";
import type { ResolveHost } from "./host-resolver.ts";
import { readInSmallPieces } from "./small-pieces.ts";
import { TargetNotAllowedError } from "./target-not-allowed.ts";

export interface EgressPolicy {
  /** CIDR ranges let through although they are not public. */
  readonly allowPrivateTargets: readonly string[];
  /** Ports that are never reached on an address that is not public: Homing's own servers on this machine. */
  readonly refusePorts: () => ReadonlySet<number>;
  readonly resolve: ResolveHost;
  /** Certificates trusted in place of the platform's. */
  readonly trustedCertificates?: readonly string[];
}

/** A connection that nobody waits for any more, because its attempt's deadline has passed, ends after this. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Of a name's addresses; an answer may hold thousands, and each costs time to check. The rest is not used. */
const MAX_ADDRESSES = 32;

/**
 * Opens connections for undici, each after a decision of its own about the very addresses it may connect to.
 * A name is resolved once per connection and the connection goes to one of the addresses that were checked,
 * so it does not matter what the DNS answers next. If one of several addresses is refused, the name is: a
 * public service has no private address in its answer, and a mixed answer is how rebinding begins.
 */
export function createGuardedConnector(policy: EgressPolicy): buildConnector.connector {
  return (options, callback) => {
    const port = options.port === "" ? (options.protocol === "https:" ? 443 : 80) : Number(options.port);
    const { hostname } = options;
    if (isIP(hostname) !== 0) {
      // net.connect skips the lookup for a literal.
      const refusal = checkDestination(hostname, port, policy);
      if (refusal !== undefined) return callback(refusal, null);
    }
    // One connector per connection, because a lookup is not told the port.
    const connect = buildConnector({
      allowH2: false,
      autoSelectFamily: true,
      lookup: guardedLookup(port, policy),
      maxCachedSessions: 0,
      rejectUnauthorized: true,
      timeout: CONNECT_TIMEOUT_MS,
      ...(policy.trustedCertificates && { ca: [...policy.trustedCertificates] }),
    });
    connect(options, (...result) => {
      const [error, socket] = result;
      if (error === null) callback(null, readInSmallPieces(socket));
      else callback(error, null);
    });
  };
}

function guardedLookup(port: number, policy: EgressPolicy): LookupFunction {
  return (hostname, options, callback) => {
    resolveChecked(hostname, port, policy).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all) callback(null, addresses);
        else callback(null, first?.address ?? "", first?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, "", 0),
    );
  };
}

async function resolveChecked(
  hostname: string,
  port: number,
  policy: EgressPolicy,
): Promise<{ address: string; family: number }[]> {
  const resolved = isLocalhost(hostname) ? allowedLoopback(policy) : await policy.resolve(hostname);
  const addresses = resolved.slice(0, MAX_ADDRESSES);
  for (const address of addresses) {
    const refusal = checkDestination(address, port, policy);
    if (refusal !== undefined) throw refusal;
  }
  return addresses.map((address) => ({ address, family: isIP(address) }));
}

function checkDestination(
  address: string,
  port: number,
  policy: EgressPolicy,
): TargetNotAllowedError | undefined {
  const decision = checkAddress(address, policy.allowPrivateTargets);
  if (!decision.allowed) return new TargetNotAllowedError(explainRefusal(address, decision.rule));
  const isPublic = checkAddress(address, []).allowed;
  if (isPublic || !policy.refusePorts().has(port)) return undefined;
  return new TargetNotAllowedError(
    `Port ${port} of ${address} is refused: it is one of Homing's own servers.`,
  );
}

/** RFC 6761: such names are never asked of the DNS. */
function isLocalhost(hostname: string): boolean {
  return /(?:^|\.)localhost\.?$/.test(hostname);
}

function allowedLoopback(policy: EgressPolicy): string[] {
  const loopback = ["127.0.0.1", "::1"];
  const allowed = loopback.filter((address) => checkAddress(address, policy.allowPrivateTargets).allowed);
  return allowed.length > 0 ? allowed : loopback;
}
