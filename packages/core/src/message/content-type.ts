/** Whether a body is what its content type says: every body is sent as UTF-8 text, and nothing is encoded as a form. */
import type { FieldError } from "../field-errors.ts";

/** RFC 9110 §5.6.6: name and value of each parameter. */
const PARAMETER = /;[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^;]*)/g;
const FORM = /^[ \t]*(?:multipart\/|application\/x-www-form-urlencoded[ \t]*(?:;|$))/i;

/** @param body the JSON text that the producer gave as the body; undefined if there is none */
export function checkContentType(
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): FieldError[] {
  const given = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type");
  if (!given) return [];
  const [name, contentType] = given;
  const errors: FieldError[] = [];
  if (charsetsOf(contentType).some((charset) => charset !== "utf-8" && charset !== "utf8"))
    errors.push({
      path: `headers.${name}`,
      message: "names a charset other than UTF-8, in which every body is sent",
    });
  if (body !== undefined && !body.startsWith('"') && FORM.test(contentType))
    errors.push({
      path: "body",
      message: `must be a string: only text can be sent as a form, already encoded`,
    });
  return errors;
}

function charsetsOf(contentType: string): string[] {
  return [...contentType.matchAll(PARAMETER)]
    .filter(([, name]) => name?.toLowerCase() === "charset")
    .map(([, , value = ""]) => value.trim().replace(/^"|"$/g, "").toLowerCase());
}
