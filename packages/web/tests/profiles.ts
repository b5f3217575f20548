import type { Browser, BrowserContextOptions, Page } from "playwright-core";

const USUAL: BrowserContextOptions = {
  viewport: { width: 1280, height: 800 },
  locale: "en-GB",
  timezoneId: "UTC",
  reducedMotion: "reduce",
};

/** An empty page in a profile that nothing is in yet. To close the page is to be done with its profile. */
export type OpenInProfile = (options: BrowserContextOptions, isFirstVisit?: true) => Promise<Page>;

/**
 * Pages for what is at `url`. Those that want nothing unusual take turns in one profile, which is emptied in between:
 * beside a page that stays open a new one starts in the same process, and is there in half the CPU seconds.
 */
export async function openProfiles(browser: Browser, url: string): Promise<OpenInProfile> {
  const shared = await browser.newContext(USUAL);
  const staying = await shared.newPage();
  await staying.goto(`${url}/v1/health`);
  let taken = false;

  async function takeShared(): Promise<Page> {
    taken = true;
    const left = shared.pages().filter((page) => page !== staying);
    await Promise.all(left.map((page) => page.close()));
    await shared.clearCookies();
    await staying.evaluate(() => localStorage.clear());
    const page = await shared.newPage();
    page.once("close", () => {
      taken = false;
    });
    return page;
  }

  async function openAlone(options: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext({ ...USUAL, ...options });
    const page = await context.newPage();
    // Where the browser itself is closed meanwhile, the profile is gone with it.
    page.once("close", () => context.close().catch(() => undefined));
    return page;
  }

  return (options, isFirstVisit) => {
    const isUsual = Object.keys(options).length === 0 && !isFirstVisit;
    return isUsual && !taken ? takeShared() : openAlone(options);
  };
}
