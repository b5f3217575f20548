/** W3C Trace Context, https://www.w3.org/TR/trace-context-2/#tracestate-header */

const MAX_MEMBERS = 32;
/** Everybody propagates at least this much; what is longer, others may drop. */
const MAX_LENGTH = 512;
/** Members longer than this go first where something has to go. */
const LONG_MEMBER = 128;

const MEMBER = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/;

/**
 * The header as it is passed on, or undefined if it is empty or cannot be read, which has it discarded.
 * One longer than 512 characters loses members: those longer than 128 first, then from the end.
 */
export function normalTracestate(header: string): string | undefined {
  const members = header
    .split(",")
    .map((member) => member.replace(/^[ \t]+/, "").trimEnd())
    .filter((member) => member !== "");
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf("="))));
  const valid =
    members.length <= MAX_MEMBERS &&
    keys.size === members.length &&
    members.every((member) => MEMBER.test(member));
  return valid ? shortened(members).join(",") || undefined : undefined;
}

function shortened(members: readonly string[]): readonly string[] {
  let left = members;
  while (left.join(",").length > MAX_LENGTH) {
    const long = left.findLastIndex((member) => member.length > LONG_MEMBER);
    left = left.toSpliced(long === -1 ? left.length - 1 : long, 1);
  }
  return left;
}
