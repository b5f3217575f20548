/** The components of the OpenAPI document as TypeScript: what those see of the API who do not have its sources. */

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly description?: string;
}

/** One exported type for each component, by its name. */
export function declarationsOf(components: Readonly<Record<string, JsonSchema>>): string {
  return Object.entries(components)
    .map(([name, schema]) => `${commentOf(schema, "")}export type ${name} = ${typeOf(schema, "")};\n`)
    .join("\n");
}

/** @throws Error for what this does not know: a type that is guessed would be a promise. */
function typeOf(schema: JsonSchema, indent: string): string {
  const { $ref, anyOf, items, properties, additionalProperties, type } = schema;
  if ($ref !== undefined) return $ref.replace("#/components/schemas/", "");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (anyOf) return anyOf.map((one) => typeOf(one, indent)).join(" | ");
  if (type === "array") return `Array<${typeOf(items ?? {}, indent)}>`;
  if (type === "object" && properties) return objectOf(schema, properties, indent);
  if (type === "object" && typeof additionalProperties === "object")
    return `{ [name: string]: ${typeOf(additionalProperties, indent)} }`;
  if (type === "integer" || type === "number") return "number";
  if (type === "string" || type === "boolean" || type === "null") return type;
  if (type === undefined) return "unknown";
  throw new Error(`No type is known for ${JSON.stringify(schema)}.`);
}

function objectOf({ required = [] }: JsonSchema, properties: object, indent: string): string {
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(([name, schema]: [string, JsonSchema]) => {
    const type = typeOf(schema, inner);
    const member = required.includes(name) ? `${name}: ${type}` : `${name}?: ${type} | undefined`;
    return `${commentOf(schema, inner)}${inner}${member};\n`;
  });
  return `{\n${members.join("")}${indent}}`;
}

function commentOf({ description }: JsonSchema, indent: string): string {
  return description === undefined ? "" : `${indent}/** ${description.replaceAll("*/", "* /")} */\n`;
}
