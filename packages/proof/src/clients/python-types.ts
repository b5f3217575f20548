/** The components of the OpenAPI document as Python: the shapes of the API that the Python client is typed with. */

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

const HEAD = `"""The shapes of the API, as openapi.json has them.

Not written by hand: \`npx vitest run --project unit openapi -u\` does.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict
`;
const COMMENT_WIDTH = 104;
const SCALARS: Readonly<Record<string, string>> = {
  string: "str",
  integer: "int",
  number: "float",
  boolean: "bool",
  null: "None",
};
/** Words of Python that no class can have as a member. */
const KEYWORDS = new Set(["from", "class", "is", "in", "not", "import", "global", "pass", "with"]);

/** One definition for each component, by its name, and one for each object inside of one. */
export function pythonTypesOf(components: Readonly<Record<string, JsonSchema>>): string {
  const definitions: string[] = [];
  for (const [name, schema] of Object.entries(components)) define(name, schema, definitions);
  return `${HEAD}${definitions.map((definition) => `\n\n${definition}`).join("")}`;
}

function define(name: string, schema: JsonSchema, definitions: string[]): void {
  const { properties } = schema;
  if (!properties) {
    definitions.push(`${name}: TypeAlias = ${typeOf(schema, name, definitions)}\n`);
    return;
  }
  const members = Object.entries(properties).map(([member, inner]) => {
    const type = typeOf(inner, `${name}${member.charAt(0).toUpperCase()}${member.slice(1)}`, definitions);
    const isRequired = schema.required?.includes(member) ?? false;
    return { member, comment: inner.description ?? "", type: isRequired ? type : `NotRequired[${type}]` };
  });
  if (members.some(({ member }) => KEYWORDS.has(member))) {
    const items = members.map(({ member, type }) => `        "${member}": ${type},\n`).join("");
    definitions.push(`${name} = TypedDict(\n    "${name}",\n    {\n${items}    },\n)\n`);
    return;
  }
  const lines = members.flatMap(({ member, comment, type }) => [
    ...wrapped(comment).map((line) => `    # ${line}\n`),
    `    ${member}: ${type}\n`,
  ]);
  definitions.push(`class ${name}(TypedDict):\n${lines.join("")}`);
}

/** @throws Error for what this does not know: a type that is guessed would be a promise. */
function typeOf(schema: JsonSchema, name: string, definitions: string[]): string {
  const { $ref, anyOf, items, properties, additionalProperties, type } = schema;
  if ($ref !== undefined) return $ref.replace("#/components/schemas/", "");
  if (schema.const !== undefined) return `Literal[${JSON.stringify(schema.const)}]`;
  if (schema.enum) return `Literal[${schema.enum.map((one) => JSON.stringify(one)).join(", ")}]`;
  if (anyOf) return [...new Set(anyOf.map((one) => typeOf(one, name, definitions)))].join(" | ");
  if (type === undefined) return "Any";
  if (type === "array") return `list[${typeOf(items ?? {}, name, definitions)}]`;
  if (properties) {
    define(name, schema, definitions);
    return name;
  }
  if (typeof additionalProperties === "object")
    return `dict[str, ${typeOf(additionalProperties, name, definitions)}]`;
  const scalar = SCALARS[type];
  if (scalar === undefined) throw new Error(`No type is known for ${JSON.stringify(schema)}.`);
  return scalar;
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").filter((part) => part !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= COMMENT_WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
