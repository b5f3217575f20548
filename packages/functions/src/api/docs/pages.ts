/** Which Markdown files are pages at `/docs`, in the order in which its contents list them. */

export interface Page {
  /** Its last part at `/docs/`; the first page is `/docs` itself. */
  readonly slug: string;
  /** As the contents name it; its heading may say more. */
  readonly title: string;
  /** From the root of the repository. */
  readonly file: string;
}

export interface Section {
  readonly title: string;
  readonly pages: readonly Page[];
}

export const FIRST_PAGE: Page = { slug: "", title: "Start", file: "docs/README.md" };
/** Made from openapi.json, not from Markdown. */
export const REFERENCE_SLUG = "api";

export const SECTIONS: readonly Section[] = [
  {
    title: "Guides",
    pages: [
      guide("first-message", "First message"),
      guide("events", "Events and endpoints"),
      guide("verifying", "Verifying signatures"),
      guide("idempotency", "Idempotency"),
      guide("retries", "Retries and success"),
      guide("order", "Order"),
      guide("keys", "Keys and the portal"),
      guide("errors", "Errors"),
      guide("limits", "Limits"),
      guide("operating", "Operating"),
    ],
  },
  {
    title: "Coming from",
    pages: [
      guide("coming-from-svix", "Svix"),
      guide("coming-from-outpost", "Outpost"),
      guide("coming-from-convoy", "Convoy"),
      guide("coming-from-qstash", "QStash"),
    ],
  },
  {
    title: "In detail",
    pages: [
      { slug: "events-in-detail", title: "Events and endpoints", file: "docs/events.md" },
      detail("delivery", "Delivery"),
      detail("guarantees", "Guarantees"),
      detail("performance", "Speed, limits, costs"),
      { slug: "client-typescript", title: "TypeScript client", file: "packages/client/README.md" },
      { slug: "client-python", title: "Python client", file: "clients/python/README.md" },
      { slug: "command-line", title: "Command line", file: "packages/cli/README.md" },
    ],
  },
  {
    title: "Running it",
    pages: [
      { slug: "settings", title: "Homing, and its settings", file: "README.md" },
      detail("one-machine", "One machine"),
      detail("deploy", "AWS"),
      detail("runbook", "When an alarm rings"),
      detail("debugging", "Debugging on AWS"),
      { slug: "changes", title: "Changes and versions", file: "CHANGELOG.md" },
      { slug: "security", title: "Reporting a vulnerability", file: "SECURITY.md" },
    ],
  },
];

export const PAGES: readonly Page[] = [FIRST_PAGE, ...SECTIONS.flatMap(({ pages }) => pages)];

export function pagePath(slug: string): string {
  return slug === "" ? "/docs" : `/docs/${slug}`;
}

function guide(slug: string, title: string): Page {
  return { slug, title, file: `docs/guides/${slug}.md` };
}

function detail(slug: string, title: string): Page {
  return { slug, title, file: `docs/${slug}.md` };
}
