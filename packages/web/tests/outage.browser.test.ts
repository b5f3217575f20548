import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, type Dashboard, lookUp, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;
let messageId: string;

beforeAll(async () => {
  dashboard = await startDashboard();
  const { api, target } = dashboard;
  const { body } = await api.send({ targetUrl: target.urlOf("/ok"), body: 1 });
  messageId = String(body.messageId);
  await api.until(messageId, ({ status }) => status === "COMPLETED");
  await dashboard.request("POST", "/v1/endpoints", { url: target.urlOf("/ok"), eventTypes: ["invoice.*"] });
  await dashboard.request("POST", "/v1/events", { eventType: "user.created", body: 1 });
});
afterAll(() => dashboard?.close());

describe("while the stack is away", () => {
  it("a message that is opened says so, and comes by itself once the stack is back", async () => {
    const page = await dashboard.open("/messages");
    await page.getByText("Delivered").waitFor();
    await dashboard.stack.stop();
    await page.getByRole("link", { name: /Delivered/ }).click();
    await page.getByRole("alert").getByText("could not be loaded").waitFor();
    await page.getByRole("button", { name: "Reload" }).waitFor();
    await page.getByRole("link", { name: "Messages", exact: true }).waitFor();

    await dashboard.stack.start();
    await page.getByRole("heading", { name: "What happened" }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("every screen stays on its address, and is live again afterwards", async () => {
    const paths = ["/", "/messages", `/messages/${messageId}`, "/events", "/endpoints"];
    const pages = await Promise.all(paths.map((path) => dashboard.open(path)));
    for (const page of pages) await page.getByText("Live", { exact: true }).waitFor();
    await dashboard.stack.stop();
    for (const page of pages) await page.getByText("What you see is").waitFor();
    await dashboard.stack.start();
    for (const [i, page] of pages.entries()) {
      await page.getByText("Live", { exact: true }).waitFor();
      expect(new URL(page.url()).pathname).toBe(paths[i]);
      expect(complaintsOf(page)).toEqual([]);
      await page.close();
    }
  });
});

describe("a part that cannot be loaded", () => {
  it.each([
    { what: "a screen", file: "**/assets/messages-*.js", notice: "The list of messages could not be loaded" },
    { what: "the charts", file: "**/assets/activity-*.js", notice: "The charts could not be loaded" },
    { what: "the targets", file: "**/assets/targets-*.js", notice: "The targets could not be loaded" },
  ])("$what: is tried again, says so, leaves the rest as it is, and appears when it can", async (part) => {
    const page = await dashboard.open("/", { key: null, isFirstVisit: true });
    await page.route(part.file, (route) => route.abort());
    await page.getByLabel("Key", { exact: true }).fill("an operator key for the browser tests");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
    if (part.what === "a screen") {
      await page.getByRole("link", { name: "Messages", exact: true }).click();
    } else {
      await page.getByRole("link", { name: "Completed 1" }).waitFor();
    }
    await page.getByText(part.notice).waitFor();
    await page.getByRole("button", { name: "Reload" }).waitFor();
    await page.getByRole("link", { name: "Overview", exact: true }).waitFor();
    await page.unroute(part.file);
    await page.getByText(part.notice).waitFor({ state: "detached" });
    if (part.what === "a screen") await page.getByText("Delivered").waitFor();
    else await page.locator("[data-chart]").nth(1).waitFor();
    if (part.what === "the targets")
      await page.getByRole("region", { name: "Targets", exact: true }).waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("a question before an action that does not come says so on the page", async () => {
    const page = await dashboard.open("/", { isFirstVisit: true });
    await page.getByText("Live", { exact: true }).waitFor();
    await page.route("**/assets/shortcuts-help-*.js", (route) => route.abort());
    await page.keyboard.press("?");
    await page.getByText("The list of shortcuts could not be loaded").waitFor();
    await page.unroute("**/assets/shortcuts-help-*.js");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.close();
  });
});

describe("an error in one part of a screen", () => {
  it("stays in that part, which comes back with data that can be shown", async () => {
    const page = await dashboard.open("/");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.route("**/v1/stats*", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), capped: null } });
    });
    await page.getByText("The counts cannot be shown").waitFor();
    await page.getByText("Nothing is late").waitFor();
    await page.unroute("**/v1/stats*");
    await page.getByRole("link", { name: "Completed 1" }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.close();
  });

  it("one message that cannot be shown does not take the list away", async () => {
    const page = await dashboard.open("/");
    await page.route(/\/v1\/messages\?/, async (route) => {
      const response = await route.fetch();
      const list = (await response.json()) as { items: object[] };
      const broken = {
        ...list.items[0],
        messageId: "msg_00000000000000000000000000",
        metadata: 1,
        sends: null,
      };
      const odd = { status: "PENDING", pendingReason: "SEND_FAILED" };
      await route.fulfill({ response, json: { items: [...list.items, { ...broken, ...odd }] } });
    });
    await page.getByRole("link", { name: "Messages", exact: true }).click();
    await page.getByText("This row cannot be shown").waitFor();
    await page.getByText("Delivered").waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.close();
  });

  it("a status that this dashboard does not know yet is shown as it is called", async () => {
    const page = await dashboard.open("/");
    await page.route(/\/v1\/messages\?/, async (route) => {
      const response = await route.fetch();
      const list = (await response.json()) as { items: object[] };
      await route.fulfill({
        response,
        json: { items: list.items.map((one) => ({ ...one, status: "PAUSED" })) },
      });
    });
    await page.getByRole("link", { name: "Messages", exact: true }).click();
    await page.getByRole("link", { name: /PAUSED/ }).waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });
});

describe("an answer that is not Homing's", () => {
  it("counts as no answer, and is asked for again", async () => {
    const page = await dashboard.open("/");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.route("**/v1/messages/*", (route) =>
      route.fulfill({
        status: 200,
        contentType: "text/html",
        body: "<h1>Please sign in to the guest network",
      }),
    );
    await lookUp(page, messageId);
    await page.getByRole("heading", { name: "Could not load the message yet" }).waitFor();
    await page.unroute("**/v1/messages/*");
    await page.getByRole("heading", { name: "What happened" }).waitFor();
    await page.close();
  });
});
