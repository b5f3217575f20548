import type { OpenApiDocument } from "./document.ts";
export const DOCS_STYLE = "";
export function renderDocs(_document: OpenApiDocument): string {
  return "";
}
