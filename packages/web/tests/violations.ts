import axe, { type RunOptions } from "axe-core";
import type { Page } from "playwright-core";

/**
 * What axe holds against a page, a rule and the elements that break it each; by the rules it runs of itself unless told
 * otherwise. It looks into no frame. Once it is in a page it stays: it is 1.5 MB to read.
 */
export async function violationsOf(page: Page, rules: RunOptions = {}): Promise<readonly string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const violations = await page.evaluate(
    async (options) => (await window.axe.run(document, options)).violations,
    { ...rules, resultTypes: ["violations"] } satisfies RunOptions,
  );
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
  );
}

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}
