import type { PeerCertificate } from "node:tls";
import { type Circumstances, peerOf } from "./progress.ts";

/** Of a certificate's names; a certificate may hold thousands. */
const MAX_NAMES = 3;
const MAX_TEXT = 64;

/** Why there is no trusted TLS connection, as the receiver's administrator needs to hear it. */
export function explainTlsError(code: string, circumstances: Circumstances): string {
  return `${explain(code, circumstances)} (${code})`;
}

function explain(code: string, { hostname, progress, now }: Circumstances): string {
  const { certificate } = progress;
  const peer = peerOf(progress);
  switch (code) {
    case "CERT_HAS_EXPIRED": {
      const until = dayOf(certificate?.valid_to);
      return until !== undefined && Date.parse(until) <= now
        ? `the certificate of ${peer} expired on ${until}`
        : `a certificate in the chain of ${peer} has expired`;
    }
    case "CERT_NOT_YET_VALID":
      return `the certificate of ${peer} is not valid before ${dayOf(certificate?.valid_from) ?? "some later day"}`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return `the certificate of ${peer} is self-signed: nobody vouches for it`;
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return `the certificate of ${peer} comes from an authority that is not publicly trusted`;
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return `${peer} does not send the intermediate certificate${issuerOf(certificate)}, or its authority is not publicly trusted`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "HOSTNAME_MISMATCH":
      return `the certificate of ${peer} is for ${namesOf(certificate)}, not for ${hostname}`;
    case "CERT_REVOKED":
      return `the certificate of ${peer} has been revoked`;
    default:
      return explainHandshake(code, peer);
  }
}

/** OpenSSL's reasons; what the peer's alerts say comes with the letters ALERT. */
function explainHandshake(code: string, peer: string): string {
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code)) {
    return `${peer} does not speak TLS, perhaps plain HTTP`;
  }
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/.test(code)) {
    return `${peer} speaks no version of TLS from 1.2 on`;
  }
  if (/UNRECOGNIZED_NAME/.test(code)) return `${peer} does not serve this name`;
  if (/CERTIFICATE_REQUIRED/.test(code)) return `${peer} demands a client certificate`;
  if (/HANDSHAKE_FAILURE|NO_SHARED_CIPHER|NO_CIPHERS/.test(code)) {
    return `${peer} refused the TLS handshake: no cipher in common, or it demands a client certificate`;
  }
  if (/DH_KEY_TOO_SMALL|EE_KEY_TOO_SMALL|CA_MD_TOO_WEAK/.test(code))
    return `the keys of ${peer} are too weak`;
  return `the TLS handshake with ${peer} failed`;
}

/** "a.example, b.example and 7 other names" */
function namesOf(certificate?: PeerCertificate): string {
  const names = (certificate?.subjectaltname ?? "")
    .split(", ")
    .filter((name) => /^(?:DNS|IP Address):/.test(name))
    .map((name) => name.slice(name.indexOf(":") + 1));
  const [common] = [certificate?.subject?.CN].flat();
  const all = names.length > 0 ? names : common ? [common] : [];
  if (all.length === 0) return "no name at all";
  const shown = all.slice(0, MAX_NAMES).map(harmless).join(", ");
  const others = all.length - MAX_NAMES;
  return others > 0 ? `${shown} and ${others} other name${others === 1 ? "" : "s"}` : shown;
}

function issuerOf(certificate?: PeerCertificate): string {
  const [name] = [certificate?.issuer?.CN].flat();
  return name ? ` of its issuer, ${harmless(name)}` : "";
}

/** "2026-11-26", of OpenSSL's "Nov 26 15:00:00 2026 GMT". */
function dayOf(time: string | undefined): string | undefined {
  const at = Date.parse(time ?? "");
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().slice(0, 10);
}

/** A certificate is written by a stranger: letters, digits and a few marks of it, and not many. */
function harmless(text: string): string {
  const shown = text.slice(0, MAX_TEXT).replace(/[^A-Za-z0-9.*_:'()& -]/g, "?");
  return text.length > MAX_TEXT ? `${shown}…` : shown;
}
