/** JSON schemas in words and tables. */
import { html } from "hono/html";

type Html = ReturnType<typeof html>;

/** As much of a JSON schema as ours use. */
interface SchemaLike {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaLike[];
  readonly items?: SchemaLike;
  readonly properties?: Readonly<Record<string, SchemaLike>>;
  readonly additionalProperties?: boolean | SchemaLike;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly default?: unknown;
}

export function anchorOf(schemaName: string): string {
  return `schema-${schemaName}`;
}

/** Text with blank lines as paragraphs, and what stands between backticks as code. */
export function paragraphs(text: string | undefined): Html[] {
  return (text ?? "")
    .split(/\n{2,}/)
    .filter((part) => part !== "")
    .map((part) => html`<p>${withCode(part)}</p>`);
}

export function withCode(text: string): Array<Html | string> {
  return text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

/** A schema where it is used: a link if it has a name. */
export function schemaUse(given: unknown): Html | string {
  const schema = (given ?? {}) as SchemaLike;
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return html`<a href="#${anchorOf(name)}">${name}</a>`;
  }
  if (schema.type === "array") return html`array of ${schemaUse(schema.items)}`;
  if (schema.anyOf)
    return html`${schema.anyOf.map((one, index) => html`${index > 0 ? " or " : ""}${schemaUse(one)}`)}`;
  return schemaText(schema);
}

/** A schema in a few words: its type and its bounds. */
export function schemaText(given: unknown): string {
  const schema = (given ?? {}) as SchemaLike;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => String(value)).join(" · ");
  if (schema.anyOf) return schema.anyOf.map(schemaText).join(" or ");
  if (schema.type === "array") return `array of ${schemaText(schema.items)}${bounds(schema)}`;
  const type = schema.format ?? (schema.type === undefined ? "any JSON value" : String(schema.type));
  return `${type}${bounds(schema)}`;
}

function bounds(schema: SchemaLike): string {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, maxProperties } = schema;
  const low = minimum ?? minLength ?? minItems;
  const high = maximum ?? maxLength ?? maxItems ?? maxProperties;
  const range =
    low === undefined ? (high === undefined ? "" : `at most ${high}`) : `${low} to ${high ?? "any"}`;
  const fallback = schema.default === undefined ? "" : `default ${String(schema.default)}`;
  const pattern = schema.pattern === undefined ? "" : `matching ${schema.pattern}`;
  const parts = [range, pattern, fallback].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** The fields of an object schema as a table; any other in a few words. */
export function fieldsOf(given: unknown): Html {
  const schema = (given ?? {}) as SchemaLike;
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return html`<p>${schemaUse(schema)}</p>`;
  return html`<div class="wide"><table>
<thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">What it is</th></tr></thead>
<tbody>${properties.map(
    ([name, field]) =>
      html`<tr><td><code>${name}</code>${
        schema.required?.includes(name) ? html` <em>required</em>` : ""
      }</td><td>${fieldType(field)}</td><td>${withCode(field.description ?? "")}</td></tr>`,
  )}</tbody>
</table></div>`;
}

/** Objects without a name of their own are shown where they stand. */
function fieldType(field: SchemaLike): Html | string {
  const inner = field.type === "array" ? field.items : field;
  if (!inner?.properties) return schemaUse(field);
  return html`${field.type === "array" ? "array of " : ""}${fieldsOf(inner)}`;
}
