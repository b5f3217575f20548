/** Whose pages may show the portal in a frame of theirs. */
import { type Environment, given, SettingsError } from "./settings.ts";

/** A scheme, a host whose first label may be any (`*.`), and a port: nothing that could end a header's directive. */
const ORIGIN = /^https?:\/\/(?:\*\.(?=[a-z0-9-]+\.))?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,9}(?::\d{1,5})?$/;

/** Of `HOMING_PORTAL_ORIGINS`, in lower case; none unless it says so. @throws SettingsError */
export function portalOriginsOf(env: Environment): readonly string[] {
  const text = given(env, "HOMING_PORTAL_ORIGINS");
  if (text === undefined) return [];
  return text.split(",").map((part) => {
    const origin = part.trim().toLowerCase();
    if (!ORIGIN.test(origin) || !URL.canParse(origin.replace("*.", "any.")))
      throw new SettingsError(
        `HOMING_PORTAL_ORIGINS: "${part.trim()}" is not an origin; write for example https://app.example.com, or https://*.example.com for every host below it.`,
      );
    return origin;
  });
}

/** As the content security policy says it. https://www.w3.org/TR/CSP3/#directive-frame-ancestors */
export function frameAncestorsOf(portalOrigins: readonly string[]): string {
  return portalOrigins.length === 0 ? "'none'" : portalOrigins.join(" ");
}
