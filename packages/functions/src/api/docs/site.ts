/** The pages at `/docs`, each made when it is first asked for and then kept: whoever asks needs no key. */
import { readFile } from "node:fs/promises";
import type { OpenApiDocument } from "../openapi/document.ts";
import type { ToldSettings } from "./guide.ts";
import { PAGES, type Page, REFERENCE_SLUG } from "./pages.ts";

const HERE = new URL("../../../../../", import.meta.url);

export interface DocsSiteOptions {
  readonly settings: ToldSettings;
  readonly document: () => Promise<OpenApiDocument>;
  /** Where the Markdown files lie, as in the repository; absent, it is the one that this file is part of. */
  readonly repository?: URL;
}

export class DocsSite {
  readonly #options: DocsSiteOptions;
  readonly #made = new Map<string, Promise<string>>();

  constructor(options: DocsSiteOptions) {
    this.#options = options;
  }

  /** Undefined for a page that does not exist. */
  async page(slug: string): Promise<string | undefined> {
    const kept = this.#made.get(slug);
    if (kept !== undefined) return kept;
    const made = this.#make(slug);
    if (made === undefined) return undefined;
    this.#made.set(slug, made);
    // What could not be read is tried again.
    made.catch(() => this.#made.delete(slug));
    return made;
  }

  /** For a person who has asked for a page that does not exist. */
  async missing(): Promise<string> {
    const { renderMissing } = await import("./missing.ts");
    return String(renderMissing());
  }

  #make(slug: string): Promise<string> | undefined {
    if (slug === REFERENCE_SLUG) return this.#reference();
    const page = PAGES.find((one) => one.slug === slug);
    if (page === undefined) return undefined;
    return this.#guide(page);
  }

  // What makes pages is loaded with the first of them: reading Markdown takes a tenth of the time of a start.
  async #guide(page: Page): Promise<string> {
    const { repository = HERE, settings } = this.#options;
    const { renderGuide } = await import("./guide.ts");
    return String(renderGuide(page, await readFile(new URL(page.file, repository), "utf8"), settings));
  }

  async #reference(): Promise<string> {
    const { renderReference } = await import("./reference.ts");
    return String(renderReference(await this.#options.document()));
  }
}
