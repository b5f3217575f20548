import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, type Dashboard, lookUp, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

const endpoint = async (senderId: string, path: string, more: object = {}): Promise<string> => {
  const input = { senderId, url: dashboard.target.urlOf(path), ...more };
  return String((await dashboard.request("POST", "/v1/endpoints", input)).endpointId);
};
const send = async (senderId: string, eventType: string, more: object = {}): Promise<string> => {
  const input = { senderId, eventType, body: { id: "inv_1" }, ...more };
  return String((await dashboard.request("POST", "/v1/events", input)).eventId);
};
const region = (page: Page, name: string) => page.getByRole("region", { name });

describe("the page of an event", () => {
  it("tells what each endpoint got, which did not and why, and leads to each", async () => {
    const senderId = "fan";
    const good = await endpoint(senderId, "/ok", { eventTypes: ["invoice.*"] });
    await endpoint(senderId, "/status/503");
    await endpoint(senderId, "/ok/disabled", { state: "DISABLED" });
    await endpoint(senderId, "/ok/others", { eventTypes: ["user.*"] });
    await endpoint(senderId, "/ok/elsewhere", { channels: ["elsewhere"] });
    const eventId = await send(senderId, "invoice.paid", {
      headers: { "x-tenant": "42" },
      metadata: { a: "b" },
    });

    const page = await dashboard.open("/");
    await lookUp(page, `webhook-id: ${eventId.toLowerCase()}`);
    await page.waitForURL(`**/events/${eventId}`);
    await page.getByRole("heading", { name: "invoice.paid" }).waitFor();
    await page.getByText("To 2 endpoints, 1 disabled one left out: 1 delivered, 1 waiting").waitFor();
    const rows = await region(page, "Deliveries").getByRole("listitem").allTextContents();
    expect(rows.sort()).toEqual([
      expect.stringMatching(/^Completed127\.0\.0\.1:\d+\/okDeliveredEndpoint/),
      expect.stringMatching(
        /^Waiting127\.0\.0\.1:\d+\/status\/503Retry: attempt 2 of 2 in .* · answered 503Endpoint/,
      ),
    ]);

    const missed = region(page, "Not delivered to");
    await missed.getByText("It was disabled then").waitFor();
    expect(await missed.getByText("It does not want").count()).toBe(0);
    await missed.getByRole("button", { name: "Why not the others?" }).click();
    await missed.getByText("It does not want this type of event").waitFor();
    expect((await missed.getByRole("listitem").allTextContents()).sort()).toEqual([
      expect.stringMatching(/\/ok\/disabledIt was disabled then$/),
      expect.stringMatching(/\/ok\/elsewhereIt has no channel in common with the event$/),
      expect.stringMatching(/\/ok\/othersIt does not want this type of event$/),
    ]);

    expect(await page.getByText('"inv_1"').count()).toBe(0);
    await page.getByText("Body", { exact: true }).click();
    expect(await region(page, "Event body").textContent()).toBe('{\n  "id": "inv_1"\n}');
    await page.getByText("Headers (1)").click();
    await page.getByLabel("Event headers").getByText("x-tenant").waitFor();
    expect(await region(page, "Details").textContent()).toContain("Metadataab");

    // To the message's story, from there back to the event and on to the endpoint.
    await page.getByRole("link", { name: /\/ok\s*Delivered/ }).click();
    await region(page, "What happened").getByText("Made from its event").waitFor();
    await region(page, "Details").getByRole("link", { name: "invoice.paid" }).click();
    await page.waitForURL(`**/events/${eventId}`);
    await page.getByRole("link", { name: /^Endpoint .*\/ok$/ }).click();
    await page.waitForURL(`**/endpoints/${good}`);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("of one that went nowhere asks at once why", async () => {
    await endpoint("nowhere", "/ok", { eventTypes: ["user.*"] });
    const eventId = await send("nowhere", "invoice.paid");
    const page = await dashboard.open(`/events/${eventId}`);
    await page.getByText("No endpoint matched").waitFor();
    await region(page, "Not delivered to").getByText("It does not want this type of event").waitFor();

    const lonely = await send("nobody", "invoice.paid");
    await page.goto(`${dashboard.url}/events/${lonely}`);
    await page.getByText("nobody has no endpoint now.").waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("cancels what is not delivered yet, said before it is done", async () => {
    await endpoint("cancelled", "/ok");
    await endpoint("cancelled", "/status/503");
    const eventId = await send("cancelled", "invoice.paid");
    const page = await dashboard.open(`/events/${eventId}`);
    await page.getByText("1 delivered, 1 waiting").waitFor();
    await page.getByRole("button", { name: "Cancel deliveries…" }).click();
    const dialog = page.getByRole("alertdialog", { name: "Cancel what is not delivered yet?" });
    await dialog.getByText("This cannot be undone.").waitFor();
    await dialog.getByRole("button", { name: "Cancel the deliveries" }).click();
    await page.getByText("1 delivered, 1 cancelled").waitFor();
    expect(await page.getByRole("button", { name: "Cancel deliveries…" }).count()).toBe(0);

    const { key } = await dashboard.request("POST", "/v1/keys", { senderId: "cancelled", scopes: ["read"] });
    await dashboard.request("POST", "/v1/events", { senderId: "cancelled", eventType: "a", body: 1 });
    const [latest] = (await dashboard.request("GET", "/v1/events?senderId=cancelled")).items as {
      eventId: string;
    }[];
    const reader = await dashboard.open(`/events/${latest?.eventId}`, { key: String(key) });
    await reader.getByText("1 delivered, 1 waiting").waitFor();
    expect(await reader.getByRole("button", { name: "Cancel deliveries…" }).count()).toBe(0);
    expect([...complaintsOf(page), ...complaintsOf(reader)]).toEqual([]);
    await page.close();
    await reader.close();
  });

  it("of one whose deliveries could not be made lets somebody make them, and says what came of it", async () => {
    await endpoint("given-up", "/ok");
    const eventId = await send("given-up", "invoice.paid");
    const page = await dashboard.open("/");
    // Seven days of failing writes are the one thing here that is not real.
    await page.route(`**/v1/events/${eventId}`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), status: "FAILED" } });
    });
    await page.goto(`${dashboard.url}/events/${eventId}`);
    await page.getByText("Its messages could not be made for 7 days").waitFor();
    await page.getByRole("button", { name: "Make its deliveries" }).click();
    await page.getByText("An event that is EXPANDED has all of its messages").waitFor();
    await page.unroute(`**/v1/events/${eventId}`);
    await page.goto(`${dashboard.url}/events/${eventId}`);
    await page.getByText("To 1 endpoint: 1 delivered").waitFor();
    expect(await page.getByRole("button", { name: "Make its deliveries" }).count()).toBe(0);
    await page.close();
  });

  it("of one that is not there says so", async () => {
    const page = await dashboard.open("/events/evt_01KAMQ6H5T3VX9BBW1C2D3E4F5");
    await page.getByRole("heading", { name: "There is no such event" }).waitFor();
    await page.close();
  });
});

describe("the list of events", () => {
  it("shows what became of each, and those that went nowhere apart; new ones wait to be asked for", async () => {
    const senderId = "lister";
    await endpoint(senderId, "/ok", { eventTypes: ["invoice.*"] });
    await send(senderId, "user.created");
    await send(senderId, "invoice.paid", { metadata: { order: "42" } });

    const page = await dashboard.open(`/events?sender=${senderId}`);
    const list = page.getByRole("list", { name: "Events, newest first" });
    await list.waitFor();
    const rows = () => list.getByRole("listitem").allTextContents();
    expect(await rows()).toEqual([
      expect.stringMatching(/^invoice\.paidTo 1 endpointlister/),
      expect.stringMatching(/^user\.createdNo endpoint matchedlister/),
    ]);
    await send(senderId, "invoice.voided");
    await page.getByRole("button", { name: "1 new" }).waitFor();
    expect(await rows()).toHaveLength(2);
    await page.keyboard.press("n");
    await page.getByRole("link", { name: /invoice\.voided/ }).waitFor();

    await page.getByLabel("Type").fill("invoice.paid");
    await page.keyboard.press("Enter");
    await expect.poll(rows).toEqual([expect.stringMatching(/^invoice\.paid/)]);
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByLabel("Metadata").fill("order:42");
    await page.keyboard.press("Enter");
    await expect.poll(rows).toEqual([expect.stringMatching(/^invoice\.paid/)]);
    expect(new URL(page.url()).search).toBe("?metadata=order%3D42");
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByLabel("Sender").fill(senderId);
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Unmatched", exact: true }).click();
    await expect.poll(rows).toEqual([expect.stringMatching(/^user\.createdNo endpoint matched/)]);
    expect(new URL(page.url()).search).toBe(`?tab=unmatched&sender=${senderId}`);
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "user.created" }).waitFor();
    await page.keyboard.press("u");
    await list.waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("of a sender without events says so", async () => {
    const page = await dashboard.open("/events?sender=never");
    await page.getByRole("heading", { name: "No event matches" }).waitFor();
    await page.close();
  });
});

describe("the page of an endpoint", () => {
  it("shows its newest deliveries, those that failed and the last day, and retries what failed, by a key that manages it", async () => {
    const senderId = "retried";
    const id = await endpoint(senderId, "/gone-then-ok");
    const eventId = await send(senderId, "invoice.paid");
    const [first] = (await dashboard.request("GET", `/v1/events/${eventId}`)).messages as {
      messageId: string;
    }[];
    await dashboard.api.until(first?.messageId, ({ status }) => status === "FAILED");
    // A target that says 410 disables its endpoint, right behind the message.
    const stateOf = async () => (await dashboard.request("GET", `/v1/endpoints/${id}`)).state;
    await expect.poll(stateOf).toBe("DISABLED");
    await dashboard.request("POST", `/v1/endpoints/${id}/activate`);

    const { key } = await dashboard.request("POST", "/v1/keys", { senderId, scopes: ["read", "endpoints"] });
    const page = await dashboard.open(`/endpoints/${id}`, { key: String(key) });
    await page.getByRole("banner").getByText("endpoints only").waitFor();
    const deliveries = region(page, "Deliveries");
    await deliveries.getByRole("link", { name: /invoice\.paid.*answered 410/ }).waitFor();
    const day = region(page, "The last 24 hours");
    await expect.poll(() => day.getByRole("definition").allTextContents()).toEqual(["0", "1", "0", "–", "–"]);
    await deliveries.getByRole("button", { name: "Failed" }).click();
    await deliveries.getByRole("button", { name: "Retry failed…" }).click();
    await page.getByRole("dialog").getByText("to this endpoint").waitFor();
    await page.getByRole("button", { name: "Retry 1" }).click();
    await page.getByRole("button", { name: "Done" }).click();
    await deliveries.getByText("None has failed.").waitFor();
    await deliveries.getByRole("button", { name: "Newest" }).click();
    await deliveries.getByRole("link", { name: /invoice\.paid.*Delivered by attempt 2/ }).waitFor();

    await deliveries.getByRole("link", { name: "All its messages" }).click();
    await page.getByText(`To endpoint ${id}`).waitFor();
    await page.getByRole("link", { name: /Delivered by attempt 2/ }).waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("replays what never went there and what failed there, counted first", async () => {
    const senderId = "replayed";
    await send(senderId, "invoice.paid");
    await send(senderId, "user.created");
    const id = await endpoint(senderId, "/ok", { eventTypes: ["invoice.*"] });
    const page = await dashboard.open(`/endpoints/${id}`);
    await page.getByRole("button", { name: "Replay…" }).click();
    const dialog = page.getByRole("dialog", { name: "Replay to this endpoint" });
    await dialog.getByText("Nothing has failed here in that time.").waitFor();
    await dialog.getByLabel("Events that never went here").check();
    await dialog.getByText("1 event will be delivered here").waitFor();
    await dialog.getByLabel("Of events of").selectOption("the last hour");
    await dialog.getByRole("button", { name: "Replay 1" }).click();
    await dialog.getByText("1 message is on the way.").waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    await region(page, "Deliveries")
      .getByRole("link", { name: /invoice\.paid.*Delivered/ })
      .waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });
});
