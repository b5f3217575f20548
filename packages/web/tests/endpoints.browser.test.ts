import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, type Dashboard, lookUp, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

const create = async (more: object = {}): Promise<string> => {
  const endpoint = { senderId: "acme", url: "https://example.com/hook", ...more };
  return String((await dashboard.request("POST", "/v1/endpoints", endpoint)).endpointId);
};
const shown = (endpointId: string) => dashboard.request("GET", `/v1/endpoints/${endpointId}`);
const keyFor = async (senderId: string, ...scopes: readonly string[]) =>
  String((await dashboard.request("POST", "/v1/keys", { senderId, scopes })).key);
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const secret = /^whsec_[A-Za-z0-9+/]{43}=$/;

describe("the list of endpoints", () => {
  it("shows those that get no events first, then the newest, by sender and state", async () => {
    const senderId = "listed";
    const disabled = await create({ senderId, url: "https://old.example.com/", state: "DISABLED" });
    await create({ senderId, url: "https://first.example.com/", eventTypes: ["invoice.*"] });
    await create({ senderId, url: "https://second.example.com/", description: "for the archive" });

    const page = await dashboard.open(`/endpoints?sender=${senderId}`);
    const rows = (group: string) => page.getByRole("region", { name: group }).getByRole("link");
    await rows("Not getting events").first().waitFor();
    expect(await rows("Not getting events").allTextContents()).toEqual([
      expect.stringMatching(/^old\.example\.comAll eventsDisabled /),
    ]);
    expect(await rows("All others").allTextContents()).toEqual([
      expect.stringMatching(/^second\.example\.comfor the archiveAll eventsActive/),
      expect.stringMatching(/^first\.example\.cominvoice\.\*Active/),
    ]);
    await page.getByRole("link", { name: "Active", exact: true }).click();
    await page.getByText("old.example.com").waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Disabled", exact: true }).click();
    await page.getByRole("link", { name: /old\.example\.com/ }).waitFor();
    await page.getByLabel("Sender").fill("nobody");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "No endpoint matches" }).waitFor();
    expect(new URL(page.url()).search).toBe("?state=disabled&sender=nobody");

    await page.goBack();
    await page.goto(`${dashboard.url}/endpoints?sender=${senderId}`);
    await rows("Not getting events").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/endpoints/${disabled}`);
    await page.getByText("Disabled by hand: it gets no events").waitFor();
    await page.keyboard.press("u");
    await rows("All others").first().waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("says what an endpoint is where there is none", async () => {
    const page = await dashboard.open("/endpoints", { key: await keyFor("newcomer", "read", "endpoints") });
    await page.getByRole("heading", { name: "No endpoints yet" }).waitFor();
    await button(page, "New endpoint").waitFor();
    await page.close();
  });
});

describe("a new endpoint", () => {
  it("tells what is wrong by its field, is made once, and shows its secret once, to be copied", async () => {
    const page = await dashboard.open("/endpoints", {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await button(page, "New endpoint").click();
    await page.getByLabel("Sender").fill("maker");
    await page.getByLabel("URL").fill("http://127.0.0.1:0/");
    await page.getByLabel("Event types").fill("invoice.*\nno/slash");
    await page.getByText("Channels, headers, metadata, rate limit, secret").click();
    await button(page, "Add a header").click();
    await page.getByLabel("Name of header 1").fill("host");
    await button(page, "Create endpoint").click();
    await page.getByRole("alert").getByText("Not saved: 3 fields are not right yet.").waitFor();
    await page.getByText("no/slash: must be").waitFor();
    await page.getByText("host: ").waitFor();
    // The first of them has the focus, and says what is wrong with it.
    const url = page.getByLabel("URL");
    await expect.poll(() => url.evaluate((field) => field === document.activeElement)).toBe(true);
    expect(await url.getAttribute("aria-invalid")).toBe("true");

    await url.fill("https://example.com/made");
    await page.getByLabel("Event types").fill("invoice.*, user.created");
    await page.getByLabel("Name of header 1").fill("x-api-key");
    await page.getByLabel("Value of header 1").fill("hidden");
    // The answer is lost: pressing again must not make a second one.
    let calls = 0;
    await page.route("**/v1/endpoints", async (route) => {
      calls += 1;
      if (calls > 1) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await button(page, "Create endpoint").click();
    await page.getByRole("alert").getByText("Homing's API cannot be reached.").waitFor();
    await button(page, "Create endpoint").click();
    await page.waitForURL("**/endpoints/ep_*");
    const panel = page.getByRole("region", { name: "Signing secret" });
    await panel.getByText(secret).waitFor();
    await button(page, "Copy signing secret").click();
    await page.getByText("Copied signing secret").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(secret);

    const { items } = await dashboard.request("GET", "/v1/endpoints?senderId=maker");
    expect(items).toMatchObject([
      {
        url: "https://example.com/made",
        eventTypes: ["invoice.*", "user.created"],
        headers: { "x-api-key": "***" },
        state: "ACTIVE",
      },
    ]);
    await page.reload();
    await button(page, "Show secret").waitFor();
    expect(await page.getByText(secret).count()).toBe(0);
    await button(page, "Show secret").click();
    expect(await panel.getByText(secret).textContent()).toBe(copied);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("of a key of one sender is that sender's, without being asked", async () => {
    const page = await dashboard.open("/endpoints/new", { key: await keyFor("own", "read", "endpoints") });
    await page.getByLabel("URL").fill("https://example.com/own");
    expect(await page.getByLabel("Sender").count()).toBe(0);
    await page.getByLabel("Starts").selectOption("Disabled");
    await button(page, "Create endpoint").click();
    await page.getByText("Disabled by hand").waitFor();
    const { items } = await dashboard.request("GET", "/v1/endpoints?senderId=own");
    expect(items).toMatchObject([{ url: "https://example.com/own", state: "DISABLED" }]);
    await page.close();
  });
});

describe("the page of an endpoint", () => {
  it("is found by its id, and shows all of it, what may be secret as stars", async () => {
    const id = await create({
      description: "<b>billing</b>",
      eventTypes: ["invoice.*"],
      channels: ["project_7"],
      headers: { "x-api-key": "hidden" },
      metadata: { owner: "billing" },
    });
    const page = await dashboard.open("/");
    await lookUp(page, `"${id.toLowerCase()}"`);
    await page.waitForURL(`**/endpoints/${id}`);
    const details = page.getByRole("region", { name: "Details" });
    await details.waitFor();
    const facts = await details.textContent();
    for (const text of ["<b>billing</b>", "acme", "invoice.*", "project_7", "x-api-key***", "ownerbilling"])
      expect(facts).toContain(text);
    expect(await page.title()).toBe(`${id} · Homing`);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("is edited: what was not touched stays, hidden values too", async () => {
    const id = await create({
      description: "before",
      headers: { "x-api-key": "hidden", "x-gone": "1" },
      metadata: { owner: "billing" },
    });
    const page = await dashboard.open(`/endpoints/${id}`);
    await button(page, "Edit").waitFor();
    await page.keyboard.press("e");
    await page.getByLabel("Description").fill("after");
    await button(page, "Remove header 2").click();
    const patch = page.waitForRequest((request) => request.method() === "PATCH");
    await button(page, "Save").click();
    expect((await patch).postDataJSON()).toEqual({ description: "after", headers: { "x-gone": null } });
    await page.getByRole("region", { name: "Details" }).getByText("after").waitFor();
    expect(await shown(id)).toMatchObject({
      headers: { "x-api-key": "***" },
      metadata: { owner: "billing" },
    });
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("disables, activates and deletes, each said before it is done", async () => {
    const id = await create();
    const page = await dashboard.open(`/endpoints/${id}`);
    await button(page, "Disable…").click();
    const dialog = page.getByRole("alertdialog");
    await dialog.getByText("What it misses meanwhile stays missed until somebody replays it.").waitFor();
    await dialog.getByRole("button", { name: "Disable", exact: true }).click();
    await page.getByText("Disabled by hand: it gets no events").waitFor();
    expect(await shown(id)).toMatchObject({ state: "DISABLED" });

    await button(page, "Activate…").click();
    await dialog.getByRole("button", { name: "Activate", exact: true }).click();
    await page.getByText("It gets its events", { exact: true }).waitFor();

    await button(page, "Delete…").click();
    const dismiss = dialog.getByRole("button", { name: "Leave it as it is" });
    // What cannot be undone must not happen by a second Enter.
    await expect.poll(() => dismiss.evaluate((one) => one === document.activeElement)).toBe(true);
    await dialog.getByRole("button", { name: "Delete the endpoint" }).click();
    await page.getByRole("heading", { name: "Endpoints", exact: true }).waitFor();
    expect(await shown(id)).toMatchObject({ status: 404 });
    await page.goto(`${dashboard.url}/endpoints/${id}`);
    await page.getByRole("heading", { name: "There is no such endpoint" }).waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("is tried, whatever its state, and its secret is rotated while the old one still holds", async () => {
    const id = await create({ url: dashboard.target.urlOf("/ok/tried"), state: "DISABLED" });
    const page = await dashboard.open(`/endpoints/${id}`);
    await button(page, "Send test").click();
    await page.getByText("A test event is on its way").waitFor();
    await page.getByRole("link", { name: /homing\.test.*Delivered/ }).waitFor();

    await button(page, "Show secret").click();
    const panel = page.getByRole("region", { name: "Signing secret" });
    const before = await panel.getByText(secret).textContent();
    await button(page, "Rotate…").click();
    const dialog = page.getByRole("dialog", { name: "Rotate the signing secret" });
    await dialog.getByLabel("A secret of your own").fill("whsec_short");
    await dialog.getByRole("button", { name: "Rotate" }).click();
    await dialog.getByText("must be whsec_ and 24 to 64 bytes in base64").waitFor();
    await dialog.getByLabel("A secret of your own").fill("");
    await dialog.getByLabel("The old one holds for").selectOption("1 hour");
    await dialog.getByRole("button", { name: "Rotate" }).click();
    await panel.getByText(/One from before, which ends in (59 min|1 h)/).waitFor();
    const shownNow = await panel.getByText(secret).allTextContents();
    expect(shownNow).toHaveLength(2);
    expect(shownNow[0]).not.toBe(before);
    expect(shownNow[1]).toBe(before);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("holds deliveries while it is paused, says how many, and lets them go when it is activated", async () => {
    const id = await create({ senderId: "paused", url: dashboard.target.urlOf("/ok/paused") });
    const page = await dashboard.open(`/endpoints/${id}`);
    await button(page, "Pause…").click();
    const dialog = page.getByRole("alertdialog");
    await dialog.getByText("No attempt is counted.").waitFor();
    await dialog.getByRole("button", { name: "Pause", exact: true }).click();
    await page.getByText("Its deliveries are held until it is activated").waitFor();
    const event = { senderId: "paused", eventType: "invoice.paid", body: 1 };
    await dashboard.request("POST", "/v1/events", event);
    await dashboard.request("POST", "/v1/events", event);
    await page.getByText("2 deliveries held, the oldest from").waitFor();
    await page
      .getByRole("link", { name: /invoice\.paid.*Held until its endpoint is activated/ })
      .first()
      .waitFor();

    await button(page, "Activate…").click();
    await dialog.getByText("oldest first, at most 100 a second: 2 deliveries.").waitFor();
    await dialog.getByRole("button", { name: "Activate", exact: true }).click();
    await expect
      .poll(() => page.getByRole("link", { name: /invoice\.paid.*Delivered/ }).count(), { timeout: 20_000 })
      .toBe(2);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("offers a key that may only read nothing that would be refused", async () => {
    const id = await create();
    const key = await keyFor("acme", "read");
    const page = await dashboard.open(`/endpoints/${id}`, { key });
    await page.getByRole("region", { name: "Details" }).waitFor();
    const names = await page.getByRole("main").getByRole("button").allTextContents();
    expect(names.filter(Boolean)).toEqual(["Endpoints", "Newest", "Failed"]);
    expect(await page.getByRole("region", { name: "Signing secret" }).count()).toBe(0);
    await page.keyboard.press("e");
    expect(new URL(page.url()).pathname).toBe(`/endpoints/${id}`);
    await page.keyboard.press("u");
    await page
      .getByRole("region", { name: "All others" })
      .or(page.getByRole("region", { name: "Endpoints" }))
      .waitFor();
    expect(await button(page, "New endpoint").count()).toBe(0);
    await page.goto(`${dashboard.url}/endpoints/new`);
    await page.getByRole("heading", { name: "This key may not manage endpoints" }).waitFor();
    await page.close();
  });
});
