/** The API of a process on one machine, from its port to its last answer. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SECOND } from "@homing/core/duration";
import { SettingsError } from "@homing/core/settings";
import { serve } from "@hono/node-server";
import { onlyOwnHost } from "./own-host.ts";

/** For what a request does besides sending; then whoever has not finished its request is cut off. */
const REQUEST_GRACE_MS = SECOND;

export interface ListenOptions {
  readonly fetch: Parameters<typeof serve>[0]["fetch"];
  readonly hostname: string;
  /** 0: any free one. */
  readonly port: number;
  /** The hosts that are answered, given the port. */
  readonly hosts: (port: number) => ReadonlySet<string>;
  /** The longest that one call may spend sending. */
  readonly sendBudgetMs: number;
}

export interface Listener {
  readonly port: number;
  /** Takes no more requests, and resolves when those that were taken are answered. */
  close(): Promise<void>;
}

/** Resolves when it listens. @throws SettingsError for a port or an address that cannot be used. */
export function listen({ fetch, hostname, port, hosts, sendBudgetMs }: ListenOptions): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname }, (address: AddressInfo) => {
      server.off("error", refuse);
      onlyOwnHost(server, hosts(address.port));
      resolve({ port: address.port, close: () => close(server, sendBudgetMs) });
    }) as Server;
    const refuse = (error: NodeJS.ErrnoException) => {
      reject(new SettingsError(explain(error, hostname, port), { cause: error }));
    };
    server.on("error", refuse);
  });
}

function explain({ code, message }: NodeJS.ErrnoException, hostname: string, port: number): string {
  if (code === "EADDRINUSE") return `PORT: port ${port} is in use; stop what uses it, or choose another.`;
  if (code === "EADDRNOTAVAIL") return `HOMING_LISTEN: ${hostname} is no address of this machine.`;
  return `PORT: ${message}.`;
}

function close(server: Server, sendBudgetMs: number): Promise<void> {
  return new Promise((closed) => {
    const cut = setTimeout(() => server.closeAllConnections(), sendBudgetMs + REQUEST_GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      closed();
    });
    server.closeIdleConnections();
  });
}
