import type { PeerCertificate } from "node:tls";

/** How far an attempt has come, so that its end can be explained; written by whatever moves it on. */
export interface Progress {
  phase: "RESOLVING" | "CONNECTING" | "SECURING" | "SENT";
  /** Where to: the address in use, or those being tried. */
  address?: string;
  port?: number;
  /** What the peer showed, if it is not to be trusted: written by a stranger. */
  certificate?: PeerCertificate;
}

/** What was being attempted when something went wrong. */
export interface Circumstances {
  readonly hostname: string;
  readonly progress: Progress;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** "203.0.113.7 port 443" */
export function peerOf({ address, port }: Progress): string {
  return address === undefined ? "the target" : `${address} port ${port}`;
}
