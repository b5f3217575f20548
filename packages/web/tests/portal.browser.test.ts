/** The portal as a customer's people meet it, in a window and in a frame, and as somebody meets it who wants more. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContextOptions, Frame, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, type Dashboard, ON_SERVER, OPERATOR_KEY, startDashboard } from "./dashboard.ts";
import { violationsOf } from "./violations.ts";

let dashboard: Dashboard;
/** Pages of somebody else's, which may frame the portal, and which may not. */
let friend: { readonly server: Server; readonly origin: string };
let stranger: typeof friend;

beforeAll(async () => {
  [friend, stranger] = await Promise.all([startEmbedder(), startEmbedder()]);
  dashboard = await startDashboard({ HOMING_PORTAL_ORIGINS: friend.origin });
});
afterAll(async () => {
  await dashboard?.close();
  for (const { server } of [friend, stranger]) server.close();
});

/** Shows whatever its path names in a frame. */
async function startEmbedder() {
  const server = createServer(({ url = "" }, response) => {
    const source = decodeURIComponent(url.slice(1));
    response.setHeader("content-type", "text/html");
    response.end(
      source
        ? `<!doctype html><title>Host</title><iframe src="${source}" title="Portal" width="900" height="600"></iframe>`
        : "",
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const invite = async (senderId: string): Promise<string> =>
  String((await dashboard.request("POST", "/v1/portal", { senderId, expiresIn: "1h" })).url);
const keyIn = (url: string) => url.split("#key=")[1] ?? "";
const openLink = (url: string, options: BrowserContextOptions = {}) =>
  dashboard.open(url.slice(dashboard.url.length), { key: null, ...options });
const endpoint = async (senderId: string, more: object = {}) =>
  String(
    (await dashboard.request("POST", "/v1/endpoints", { senderId, url: "https://example.com/hook", ...more }))
      .endpointId,
  );
const button = (page: Page | Frame, name: string) => page.getByRole("button", { name, exact: true });
const place = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Main" }).getByRole("link", { name });

describe("a link to the portal", () => {
  it("shows one sender's endpoints, and keeps its key out of every address and of what outlives the tab", async () => {
    await endpoint("cus_a", { url: "https://a.example.com/" });
    await endpoint("cus_b", { url: "https://b.example.com/" });
    const url = await invite("cus_a");
    const addresses: string[] = [];
    // The key of a link may stand in the header of a call, and nowhere else.
    const page = await openLink(url);
    page.on("request", (request) => addresses.push(request.url(), request.headers().referer ?? ""));
    await page.getByRole("link", { name: /a\.example\.com/ }).waitFor();
    await page.reload();
    await page.getByRole("link", { name: /a\.example\.com/ }).click();
    await page.getByRole("heading", { name: "a.example.com" }).waitFor();
    expect(page.url()).toMatch(/\/portal\/endpoints\/ep_\w+$/);
    await page.goBack();
    await page.getByRole("link", { name: /a\.example\.com/ }).waitFor();
    expect(page.url()).toBe(`${dashboard.url}/portal/endpoints`);

    const secret = keyIn(url);
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.join("\n")).not.toContain(secret);
    const kept = await page.evaluate(() => ({
      tab: { ...sessionStorage },
      browser: JSON.stringify({ ...localStorage }) + document.cookie,
    }));
    expect(kept.tab).toEqual({ "homing.portal.key": secret });
    expect(kept.browser).not.toContain(secret);
    expect(await page.textContent("body")).not.toContain("b.example.com");
    expect(await page.textContent("body")).not.toContain("cus_b");
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("lets its holder make, pause, test and rotate an endpoint, and retry what failed there", async () => {
    const page = await openLink(await invite("cus_c"));
    await page.getByRole("heading", { name: "No endpoints yet" }).waitFor();
    await button(page, "New endpoint").click();
    await page.getByLabel("URL").fill(dashboard.target.urlOf("/status/400"));
    expect(await page.getByLabel("Sender").count()).toBe(0);
    await button(page, "Create endpoint").click();
    await page.getByText(/^whsec_/).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/portal\/endpoints\/ep_/);

    await button(page, "Rotate…").click();
    await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
    await page.getByText("One from before").waitFor();
    await button(page, "Send test").click();
    await page
      .getByRole("region", { name: "Deliveries" })
      .getByRole("link", { name: /homing\.test/ })
      .click();
    await page.getByRole("heading", { name: "What happened" }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/portal\/messages\/msg_/);
    await page.getByText("Details").waitFor();
    expect(await page.getByText("Sender", { exact: true }).count()).toBe(0);

    await place(page, "Endpoints").click();
    await page.getByRole("link", { name: /status/ }).click();
    await button(page, "Pause…").click();
    await button(page, "Pause").click();
    await page.getByText("Its deliveries are held until it is activated").waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("shows nothing that is the operator's", async () => {
    const page = await openLink(await invite("cus_a"));
    await place(page, "Messages").click();
    await page.getByRole("heading", { name: "Messages", exact: true }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    for (const name of ["Look up", "Sender"]) expect(await page.getByLabel(name).count(), name).toBe(0);
    expect(await page.getByRole("banner").count()).toBe(0);
    expect(await button(page, "Retry failed…").count()).toBe(0);
    await page.keyboard.press("g");
    await page.keyboard.press("o");
    await page.goto(`${dashboard.url}/portal/keys`);
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await page.close();
  });

  it("ends with its key: what was on the screen is gone, and says what to do", async () => {
    await endpoint("cus_gone", { url: "https://gone.example.com/" });
    const url = await invite("cus_gone");
    const page = await openLink(url);
    await page.getByRole("link", { name: /gone\.example\.com/ }).waitFor();
    await dashboard.request("DELETE", `/v1/keys/${keyIn(url).split("_")[1]}`);
    await page.getByRole("heading", { name: "This link no longer works" }).waitFor();
    expect(await page.textContent("body")).not.toContain("gone.example.com");
    await page.goto(url);
    await page.reload();
    await page.getByRole("heading", { name: /This (link no longer works|page opens with a link)/ }).waitFor();
    await page.close();
  });

  it("takes the place of the one before it in the same tab, of which nothing is left", async () => {
    await endpoint("cus_first", { url: "https://first.example.com/" });
    await endpoint("cus_second", { url: "https://second.example.com/" });
    const page = await openLink(await invite("cus_first"));
    await page.getByRole("link", { name: /first\.example\.com/ }).waitFor();
    // Nothing but the fragment differs from the page that is open.
    const second = keyIn(await invite("cus_second"));
    await page.evaluate((key) => {
      location.hash = `key=${key}`;
    }, second);
    await page.getByRole("link", { name: /second\.example\.com/ }).waitFor();
    expect(await page.textContent("body")).not.toContain("first.example.com");
    expect(page.url()).not.toContain(second);
    await page.close();
  });

  it("is the only way in: neither an operator's session nor an operator's key opens the portal", async () => {
    const signedIn = await dashboard.open("/portal");
    await signedIn.getByRole("heading", { name: "This page opens with a link" }).waitFor();
    await signedIn.close();
    const withKey = await openLink(`${dashboard.url}/portal#key=${encodeURIComponent(OPERATOR_KEY)}`);
    await withKey.getByRole("heading", { name: "This link opens no portal" }).waitFor();
    // Nor does a link sign anybody in to the dashboard.
    await withKey.goto(`${dashboard.url}/#key=${keyIn(await invite("cus_a"))}`);
    await withKey.getByRole("heading", { name: "Enter an operator key" }).waitFor();
    await withKey.close();
  });
});

it("on a phone a row tells what happens next in all of its width, and numbers stand side by side", async () => {
  const endpointId = await endpoint("cus_phone", { url: dashboard.target.urlOf("/status/503") });
  await dashboard.request("POST", "/v1/events", { senderId: "cus_phone", eventType: "a.b", body: {} });
  const page = await openLink(await invite("cus_phone"), { viewport: { width: 360, height: 740 } });
  await place(page, "Messages").click();
  const row = page.locator("a[data-message]");
  const rightOf = async (text: RegExp) => {
    const box = await row.locator("> *", { hasText: text }).boundingBox();
    return Math.round((box?.x ?? 0) + (box?.width ?? 0));
  };
  expect(await rightOf(/^Retry: attempt 2 of 2 in/)).toBe(await rightOf(/ago$|^now$/));

  await page.goto(`${dashboard.url}/portal/endpoints/${endpointId}`);
  const day = page.getByRole("region", { name: "The last 24 hours" });
  const [delivered, failed] = await Promise.all(
    ["Delivered, 24 h", "Failed"].map((name) => day.getByText(name, { exact: true }).boundingBox()),
  );
  expect(failed?.y).toBe(delivered?.y);
  await page.close();
});

it("a replay is chosen by the keyboard at once: the focus begins at the choice, not at what closes it", async () => {
  const endpointId = await endpoint("cus_keyboard");
  const page = await openLink(await invite("cus_keyboard"));
  await page.getByRole("link", { name: /example\.com/ }).waitFor();
  await page.goto(`${dashboard.url}/portal/endpoints/${endpointId}`);
  await button(page, "Replay…").press("Enter");
  const dialog = page.getByRole("dialog", { name: "Replay to this endpoint" });
  const radio = (name: RegExp) => dialog.getByRole("radio", { name });
  await expect
    .poll(() => radio(/^What failed here/).evaluate((one) => one === document.activeElement))
    .toBe(true);
  await page.keyboard.press("ArrowDown");
  expect(await radio(/^Everything not delivered/).isChecked()).toBe(true);
  await page.keyboard.press("Escape");
  await expect
    .poll(() => button(page, "Replay…").evaluate((one) => one === document.activeElement))
    .toBe(true);
  await page.close();
});

describe.skipIf(ON_SERVER)("how the portal looks", () => {
  const styleOf = (page: Page) =>
    page.evaluate(() => {
      const { colorScheme } = getComputedStyle(document.documentElement);
      const primary = [...document.querySelectorAll("button")].find(
        (one) => one.textContent === "New endpoint",
      );
      const { backgroundColor = "", color = "" } = primary ? getComputedStyle(primary) : {};
      return { colorScheme, backgroundColor, color };
    });
  const withLook = async (query: string, options: BrowserContextOptions = {}) => {
    const page = await openLink((await invite("cus_look")).replace("#", `?${query}#`), options);
    await button(page, "New endpoint").waitFor();
    return page;
  };

  it("is the embedder's choice, for as long as the tab lives, and out of the address", async () => {
    const page = await withLook("theme=dark&accent=ffcc00", { colorScheme: "light" });
    const chosen = { colorScheme: "dark", backgroundColor: "rgb(255, 204, 0)", color: "rgb(0, 0, 0)" };
    expect(await styleOf(page)).toMatchObject(chosen);
    expect(page.url()).toBe(`${dashboard.url}/portal/endpoints`);
    await page.reload();
    await button(page, "New endpoint").waitFor();
    expect(await styleOf(page)).toMatchObject(chosen);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it.each([
    ["nothing", ""],
    ["words", "theme=blue&accent=red"],
    ["more than a colour", `accent=${encodeURIComponent("4f46e5;background:url(//evil.example)")}`],
    [
      "markup",
      `theme=${encodeURIComponent('"><img src=x onerror=alert(1)>')}&accent=${encodeURIComponent("</style><script>alert(1)</script>")}`,
    ],
  ])("stays the system's, and Homing's, where the link says %s", async (_what, query) => {
    const page = await withLook(query, { colorScheme: "dark" });
    const asked = await page.evaluate(() => ({
      theme: document.documentElement.dataset.theme ?? null,
      style: document.documentElement.getAttribute("style"),
    }));
    expect(asked).toEqual({ theme: null, style: null });
    expect(await styleOf(page)).toMatchObject({ colorScheme: "light dark" });
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("is not changed by what customers write", async () => {
    const text = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    await endpoint("cus_evil", { description: text, url: "https://evil.example.com/" });
    const page = await openLink(await invite("cus_evil"));
    await page.getByText(text).waitFor();
    await page.getByRole("link", { name: /evil\.example\.com/ }).click();
    await page.getByRole("region", { name: "Details" }).getByText(text).waitFor();
    expect(await page.title()).not.toBe("owned");
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it.each([
    ["endpoints", "/portal/endpoints"],
    ["an endpoint", "/portal/endpoints/"],
    ["a new endpoint", "/portal/endpoints/new"],
  ])(
    "%s: no accessibility violations in either theme with an accent that is hard to read, and it fits 360 pixels",
    async (name, path) => {
      const id = await endpoint("cus_look", { eventTypes: ["invoice.*"] });
      const url = await invite("cus_look");
      const target = name === "an endpoint" ? `${path}${id}` : path;
      const page = await openLink(url.replace("/portal#", `${target}?accent=ffee88#`));
      await page.getByRole("button").first().waitFor();
      const violations = () => violationsOf(page, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] });
      expect(await violations()).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await violations()).toEqual([]);
      await page.setViewportSize({ width: 360, height: 740 });
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      await expect.poll(overflow).toBeLessThanOrEqual(0);
      await page.close();
    },
  );
});

describe("in a frame", () => {
  /** What is in the frame of somebody's page, once the browser has made up its mind. */
  const framed = async (origin: string, source: string) => {
    const page = await dashboard.open("/portal", { key: null });
    await page.goto(`${origin}/${encodeURIComponent(source)}`);
    const frame = page.frames()[1] ?? expect.fail();
    return { page, frame };
  };
  const textIn = (frame: Frame) => frame.evaluate(() => document.body.innerText).catch(() => "");

  it("whom the stage names may show the portal, which works there", async () => {
    await endpoint("cus_framed", { url: "https://framed.example.com/" });
    const { page, frame } = await framed(friend.origin, await invite("cus_framed"));
    await frame.getByRole("link", { name: /framed\.example\.com/ }).click();
    await button(frame, "Show secret").click();
    await frame.getByText(/^whsec_/).waitFor();
    expect(new URL(frame.url()).pathname).toMatch(/^\/portal\/endpoints\/ep_/);
    await page.close();
  });

  it("nobody else may", async () => {
    const { page, frame } = await framed(stranger.origin, await invite("cus_framed"));
    await expect.poll(() => frame.url()).toBe("chrome-error://chromewebdata/");
    await page.close();
  });

  it.skipIf(ON_SERVER).each(["/", "/messages", "/endpoints", "/portals", "/%70ortal", "/docs"])(
    "nobody at all may show the rest: %s",
    async (path) => {
      const { page, frame } = await framed(friend.origin, `${dashboard.url}${path}`);
      await expect.poll(() => frame.url()).toBe("chrome-error://chromewebdata/");
      await page.close();
    },
  );

  it("the rest shows nothing there even where no header has kept it out", async () => {
    const page = await dashboard.open("/portal", { key: null });
    await page.route(`${dashboard.url}/messages`, async (route) => {
      const response = await route.fetch();
      const { "content-security-policy": _, "x-frame-options": __, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    });
    const script = page.waitForResponse((response) => response.url().includes("/assets/index-"));
    await page.goto(`${friend.origin}/${encodeURIComponent(`${dashboard.url}/messages`)}`);
    await script;
    const frame = page.frames()[1] ?? expect.fail();
    await frame.waitForLoadState("load");
    expect(await textIn(frame)).toBe("");
    expect(await frame.evaluate(() => document.getElementById("root")?.childElementCount)).toBe(0);
    await page.close();
  });
});
