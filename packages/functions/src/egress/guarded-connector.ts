import { connect, isIP, isIPv6, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { checkAddress, explainRefusal } from "@homing/core/delivery/address-guard";
import { interleave, openFirst } from "./happy-eyeballs.ts";
import type { Resolution, ResolveHost } from "./host-resolver.ts";
import type { Progress } from "./progress.ts";
import { secure } from "./secure.ts";
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

export interface Destination {
  /** A name, or an address without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly isTls: boolean;
}

/** Opens a connection; when `signal` aborts it rejects, and nothing stays open. */
export type Connect = (to: Destination, progress: Progress, signal: AbortSignal) => Promise<Socket>;

/** Connects to an address; gives up, and leaves nothing open, when `over` aborts. */
export type OpenSocket = (address: string, port: number, over: AbortSignal) => Promise<Socket>;

/** Of a name's addresses; an answer may hold thousands, and each costs time to check. The rest is not used. */
const MAX_ADDRESSES = 32;
/** Of those that were tried in vain. */
const MAX_ADDRESSES_TOLD = 3;
/** An idle connection that a middlebox has forgotten is noticed. */
const KEEP_ALIVE_PROBE_MS = 60_000;

const openSocket: OpenSocket = (address, port, over) => {
  return new Promise((opened, failed) => {
    // An address, so nothing is looked up here.
    const socket = connect({ host: address, port, autoSelectFamily: false });
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
    const giveUp = () => socket.destroy();
    const settle = () => over.removeEventListener("abort", giveUp);
    over.addEventListener("abort", giveUp);
    socket.once("connect", () => {
      settle();
      opened(socket);
    });
    // They stay: an error that nobody listens to ends the process.
    socket.on("error", failed);
    socket.on("close", () => {
      settle();
      failed(new Error("The connection was given up."));
    });
  });
};

/**
 * Opens connections, each after a decision of its own about the very addresses it may connect to. A name is
 * resolved once per connection and the connection goes to one of the addresses that were checked, so it does
 * not matter what the DNS answers next. If one of several addresses is refused, the name is: a public service
 * has no private address in its answer, and a mixed answer is how rebinding begins.
 */
export function createGuardedConnector(policy: EgressPolicy, open: OpenSocket = openSocket): Connect {
  return async ({ hostname, port, isTls }, progress, signal) => {
    const check = (addresses: readonly string[]) => checkAll(addresses, port, policy);
    Object.assign(progress, { phase: "RESOLVING", port });
    const { addresses, late } = await orAborted(resolve(hostname, policy), signal);
    const tried: string[] = [];
    const socket = await openFirst({
      addresses: interleave(check(addresses), hasPublicIpv6()),
      ...(late && { late: late.then(check) }),
      open: (address, over) => {
        tried.push(address);
        Object.assign(progress, {
          phase: "CONNECTING",
          address: tried.slice(0, MAX_ADDRESSES_TOLD).join(", "),
        });
        return open(address, port, over);
      },
      discard: (opened) => opened.destroy(),
      wait: (ms, over) => wait(ms, undefined, { signal: over }),
      signal,
    });
    if (socket.remoteAddress !== undefined) progress.address = socket.remoteAddress;
    if (!isTls) return socket;
    progress.phase = "SECURING";
    return secure(socket, { hostname, signal, progress, trustedCertificates: policy.trustedCertificates });
  };
}

async function resolve(hostname: string, policy: EgressPolicy): Promise<Resolution> {
  if (isIP(hostname) !== 0) return { addresses: [hostname] };
  return isLocalhost(hostname) ? { addresses: allowedLoopback(policy) } : await policy.resolve(hostname);
}

/** The addresses that are used, all of them allowed. @throws TargetNotAllowedError if one is not. */
function checkAll(addresses: readonly string[], port: number, policy: EgressPolicy): readonly string[] {
  const used = addresses.slice(0, MAX_ADDRESSES);
  for (const address of used) {
    const refusal = checkDestination(address, port, policy);
    if (refusal !== undefined) throw refusal;
  }
  return used;
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** RFC 6724 §5, rule 1: an address that this machine has no address to call from comes last. */
function hasPublicIpv6(): boolean {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some(({ address }) => isIPv6(address) && checkAddress(address, []).allowed);
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
