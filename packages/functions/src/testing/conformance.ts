/** Holds answers against the OpenAPI document: an answer that the document does not describe is a failure. */

import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { OpenApiDocument } from "../api/openapi/document.ts";

export interface Answered {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text of anything else. */
  readonly body: unknown;
}

export interface Conformance {
  /** What an answer has that the document does not say, or lacks that it does; empty if it conforms. */
  violations(answered: Answered): string[];
  /** What is wrong with a value, by the schema at this place of the document. */
  schemaErrors(pointer: string, value: unknown): string[];
}

type Json = Record<string, unknown>;

export function createConformance(document: OpenApiDocument): Conformance {
  const closed = withoutUndocumentedFields(document) as Json & OpenApiDocument;
  // The document's own keywords, such as `example`, are unknown to JSON Schema.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
  addFormats.default(ajv);
  ajv.addSchema(closed, "api");

  const at = (pointer: string): Json | undefined => {
    const found = pointer
      .split("/")
      .slice(1)
      .reduce<unknown>((place, part) => (place as Json | undefined)?.[unescaped(part)], closed);
    return found as Json | undefined;
  };
  const resolve = (pointer: string): string => {
    const ref = at(pointer)?.$ref;
    return typeof ref === "string" ? ref.slice(1) : pointer;
  };
  const schemaErrors = (pointer: string, value: unknown): string[] => {
    const validate = ajv.getSchema(`api#${pointer}`);
    if (!validate) return [`no schema at ${pointer}`];
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };

  const responseAt = ({ method, path, status }: Answered): string => {
    const templates = Object.keys(closed.paths);
    // A path that stands there as it is comes before one with parameters.
    const template = templates.find((one) => one === path) ?? templates.find((one) => fits(one, path));
    const operation =
      template && `/paths/${escaped(template)}/${method === "HEAD" ? "get" : method.toLowerCase()}`;
    if (operation && at(operation)) return resolve(`${operation}/responses/${status}`);
    // No operation has answers for what is no operation; the document describes the problems all the same.
    const outside: Readonly<Record<number, string>> = {
      401: "UNAUTHORIZED",
      404: "NOT_FOUND",
      405: "METHOD_NOT_ALLOWED",
      503: "UNAVAILABLE",
    };
    return `/components/responses/${outside[status]}`;
  };

  const violations = (answered: Answered): string[] => {
    const { method, path, status, headers, body } = answered;
    const label = `${method} ${path} ${status}`;
    const pointer = responseAt(answered);
    const response = at(pointer);
    if (!response) return [`${label}: not in the document (${pointer})`];
    const missing = Object.keys((response.headers ?? {}) as Json)
      .filter((name) => !headers.has(name))
      .map((name) => `${label}: lacks the header ${name}`);
    const described = Object.keys((response.content ?? {}) as Json);
    const given = (headers.get("content-type") ?? "none").split(";")[0] ?? "";
    const mediaType = described.find((one) => one === given) ?? described[0] ?? "none";
    const type =
      given === mediaType ? [] : [`${label}: is ${given}, not ${described.join(" or ") || "none"}`];
    const errors =
      method === "HEAD"
        ? []
        : schemaErrors(`${pointer}/content/${escaped(mediaType)}/schema`, body).map(
            (error) => `${label}: ${error} in ${JSON.stringify(body)}`,
          );
    return [...missing, ...type, ...errors];
  };
  return { violations, schemaErrors };
}

/** The document leaves room for fields to come; an answer of today has none that it does not name. */
function withoutUndocumentedFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndocumentedFields);
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === "example" ? inner : withoutUndocumentedFields(inner),
    ]),
  );
  const isClosable = copy.type === "object" && copy.properties !== undefined;
  return isClosable ? { additionalProperties: false, ...copy } : copy;
}

function fits(template: string, path: string): boolean {
  const parts = template.split("/").map((part) => (part.startsWith("{") ? "[^/]+" : RegExp.escape(part)));
  return new RegExp(`^${parts.join("/")}$`).test(path);
}

function escaped(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}

function unescaped(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
