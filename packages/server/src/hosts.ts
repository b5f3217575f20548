import { loopbackHosts } from "@homing/functions/machine/own-host";
import { isLoopback, type ServerSettings } from "./server-settings.ts";

/**
 * The hosts that are answered: on loopback its own names, and the public one, which a reverse proxy on this machine
 * passes on; anywhere else the public one alone.
 */
export function hostsOf(
  { listen, publicUrl }: Pick<ServerSettings, "listen" | "publicUrl">,
  port: number,
): ReadonlySet<string> {
  const own = isLoopback(listen) ? [...loopbackHosts(port), `[::1]:${port}`] : [];
  if (publicUrl === undefined) return new Set(own);
  const { host, hostname, protocol } = publicUrl;
  const withPort = `${hostname}:${protocol === "https:" ? 443 : 80}`;
  return new Set([host, ...(host === hostname ? [withPort] : []), ...own]);
}
