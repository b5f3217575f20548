/** The pages at `/docs`, each made when it is first asked for and then kept: whoever asks needs no key. */
import { readFile } from "node:fs/promises";
import type { OpenApiDocument } from "../openapi/document.ts";
import { renderGuide, type ToldSettings } from "./guide.ts";
import { PAGES, REFERENCE_SLUG } from "./pages.ts";
import { renderReference } from "./reference.ts";

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

  #make(slug: string): Promise<string> | undefined {
    if (slug === REFERENCE_SLUG) return this.#reference();
    const page = PAGES.find((one) => one.slug === slug);
    if (page === undefined) return undefined;
    const { repository = HERE, settings } = this.#options;
    return readFile(new URL(page.file, repository), "utf8").then((text) =>
      String(renderGuide(page, text, settings)),
    );
  }

  async #reference(): Promise<string> {
    return String(renderReference(await this.#options.document()));
  }
}
