/** The document as one page of plain HTML. */
import { html } from "hono/html";
import type { OpenAPIV3_1 } from "openapi-types";
import type { OpenApiDocument } from "../openapi/document.ts";
import { frame, type Html } from "./frame.ts";
import { pagePath, REFERENCE_SLUG } from "./pages.ts";
import { anchorOf, fieldsOf, paragraphs, schemaText, schemaUse, withCode } from "./schema-text.ts";

type Operation = OpenAPIV3_1.OperationObject;
type Reference = OpenAPIV3_1.ReferenceObject;

interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export function renderReference(document: OpenApiDocument): Html {
  const routes = routesOf(document.paths);
  const webhooks = routesOf(document.webhooks);
  const tags = document.tags ?? [];
  const of = (tag: string) => routes.filter(({ operation }) => operation.tags?.includes(tag));
  const schemas = Object.entries(document.components.schemas ?? {});
  return frame({
    title: `${document.info.title} API`,
    slug: REFERENCE_SLUG,
    within: html`${tags.map(
      ({ name }) =>
        html`<h3>${name}</h3><ul>${of(name).map(
          ({ method, path, operation }) =>
            html`<li><a href="#${operation.operationId}"><span class="method ${method}">${method}</span> <span>${breakable(path)}</span></a></li>`,
        )}</ul>`,
    )}
<h3>What receivers get</h3><ul>${webhooks.map(({ path, operation }) => html`<li><a href="#${operation.operationId}">${path}</a></li>`)}</ul>
<h3>Schemas</h3><ul>${schemas.map(([name]) => html`<li><a href="#${anchorOf(name)}">${name}</a></li>`)}</ul>`,
    main: html`<h1>${document.info.title} API</h1>
${paragraphs(document.info.description)}
<p>As a document for machines: <a href="/v1/openapi.json">/v1/openapi.json</a>.</p>
${tags.map(
  ({ name, description }) => html`<h2>${name}</h2>${paragraphs(description)}
${of(name).map((route) => renderRoute(route, document))}`,
)}
<h2>What receivers get</h2>
<p>These requests Homing makes, to endpoints and targets. <a href="${pagePath("verifying")}">Verifying signatures</a> has functions that tell them from others.</p>
${webhooks.map((route) => renderRoute(route, document))}
<h2>Schemas</h2>
${schemas.map(
  ([name, schema]) =>
    html`<section id="${anchorOf(name)}" class="schema"><h3>${name}</h3>${fieldsOf(schema)}</section>`,
)}`,
  });
}

function routesOf(items: OpenApiDocument["paths"] = {}): Route[] {
  return Object.entries(items).flatMap(([path, item]) =>
    (["get", "post", "put", "patch", "delete"] as const).flatMap((method) => {
      const operation = item[method];
      return operation ? [{ method, path, operation }] : [];
    }),
  );
}

/** In the narrow contents a path breaks before a slash rather than within a word. */
function breakable(path: string): Html[] {
  return path
    .split("/")
    .slice(1)
    .map((part) => html`<wbr>/${part}`);
}

function renderRoute({ method, path, operation }: Route, document: OpenApiDocument): Html {
  const {
    operationId,
    tags,
    summary,
    description,
    parameters = [],
    requestBody,
    responses = {},
    security,
  } = operation;
  const body = requestBody && !("$ref" in requestBody) ? requestBody.content["application/json"] : undefined;
  return html`<section id="${operationId}" class="route">
<h3><span class="method ${method}">${method}</span> <code>${path}</code></h3>
<p><strong>${summary}.</strong>${security?.length === 0 && tags ? " Needs no key." : ""}</p>
${paragraphs(description)}
${renderParameters(parameters)}
${body ? html`<h4>Body</h4><p>${schemaUse(body.schema)}</p>${renderExample(body.example)}` : ""}
<h4>Answers</h4>
${Object.entries(responses).map(([status, response]) => renderResponse(status, response, document))}
</section>`;
}

function renderParameters(parameters: ReadonlyArray<OpenAPIV3_1.ParameterObject | Reference>): Html | string {
  const rows = parameters.filter((one): one is OpenAPIV3_1.ParameterObject => !("$ref" in one));
  if (rows.length === 0) return "";
  return html`<h4>Parameters</h4>
<div class="wide"><table>
<thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Type</th><th scope="col">What it is</th></tr></thead>
<tbody>${rows.map(
    ({ name, in: place, required, schema, description }) =>
      html`<tr><td><code>${name}</code>${required ? html` <em>required</em>` : ""}</td><td>${place}</td><td>${schemaText(schema)}</td><td>${withCode(description ?? "")}</td></tr>`,
  )}</tbody>
</table></div>`;
}

function renderResponse(
  status: string,
  response: OpenAPIV3_1.ResponseObject | Reference,
  document: OpenApiDocument,
): Html {
  const { description, content = {}, headers = {} } = resolve(response, document);
  const [media] = Object.values(content);
  return html`<details><summary><span class="status s${status.charAt(0)}">${status}</span> ${withCode(description)}</summary>
${Object.keys(headers).length === 0 ? "" : html`<p>Headers: ${Object.keys(headers).map((name, index) => html`${index > 0 ? ", " : ""}<code>${name}</code>`)}</p>`}
${media?.schema ? html`<p>Body: ${schemaUse(media.schema)}</p>` : ""}${renderExample(media?.example)}
</details>`;
}

function renderExample(example: unknown): Html | string {
  return example === undefined
    ? ""
    : html`<pre tabindex="0"><code>${JSON.stringify(example, null, 2)}</code></pre>`;
}

/** Answers that routes share stand under `components/responses`. */
function resolve(
  response: OpenAPIV3_1.ResponseObject | Reference,
  document: OpenApiDocument,
): OpenAPIV3_1.ResponseObject {
  if (!("$ref" in response)) return response;
  const shared = document.components.responses?.[response.$ref.split("/").at(-1) ?? ""];
  if (!shared || "$ref" in shared) throw new Error(`The document names no answer ${response.$ref}.`);
  return shared;
}
