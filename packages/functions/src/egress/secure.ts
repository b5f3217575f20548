import { isIP, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { Progress } from "./progress.ts";

export interface SecureOptions {
  /** The name, or the address, that the certificate must be for. */
  readonly hostname: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Certificates trusted in place of the platform's. */
  readonly trustedCertificates?: readonly string[] | undefined;
}

/** TLS over a connected socket, with a certificate that is trusted and for this host. Rejects, closed, otherwise. */
export function secure(socket: Socket, options: SecureOptions): Promise<TLSSocket> {
  const { hostname, signal, progress, trustedCertificates } = options;
  return new Promise((secured, failed) => {
    const tls = connect({
      socket,
      // What the certificate is checked against.
      host: hostname,
      // RFC 6066 §3: no address, and no dot at the end.
      ...(isIP(hostname) === 0 && { servername: hostname.replace(/\.$/, "") }),
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: true,
      ...(trustedCertificates && { ca: [...trustedCertificates] }),
    });
    const giveUp = () => tls.destroy();
    const settle = () => {
      signal.removeEventListener("abort", giveUp);
      tls.removeListener("secure", remember);
    };
    // Before Node decides about the certificate: once it has refused it, there is none to be had.
    const remember = () => {
      progress.certificate = tls.getPeerCertificate();
    };
    tls.prependListener("secure", remember);
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp);
    tls.once("secureConnect", () => {
      settle();
      delete progress.certificate;
      secured(tls);
    });
    // They stay: an error that nobody listens to ends the process.
    tls.on("error", failed);
    tls.on("close", () => {
      settle();
      failed(signal.aborted ? signal.reason : new Error("The connection was closed."));
    });
  });
}
