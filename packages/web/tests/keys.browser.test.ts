import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, type Dashboard, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

const make = (senderId: string, scopes: readonly string[], more: object = {}) =>
  dashboard.request("POST", "/v1/keys", { senderId, scopes, ...more });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const dialog = (page: Page) => page.getByRole("dialog").or(page.getByRole("alertdialog"));
const shownOnce = (page: Page) => page.getByRole("region", { name: /shown this once/ });
const row = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });
/** Whether the API takes a key. */
const works = async (key: string) => {
  const headers = { authorization: `Bearer ${key}` };
  return (await fetch(`${dashboard.url}/v1/keys/self`, { headers })).ok;
};

describe("the keys", () => {
  it("are made with what they may do, shown once, and not again", async () => {
    const page = await dashboard.open("/", { permissions: ["clipboard-read", "clipboard-write"] });
    await page
      .getByRole("banner")
      .getByRole("link", { name: /operator/ })
      .click();
    await page.waitForURL("**/keys");
    expect(await page.title()).toBe("Keys · Homing");
    await page.getByRole("heading", { name: "No keys yet" }).waitFor();

    await button(page, "New key").click();
    await page.getByLabel("Name").fill("shop");
    await button(page, "Create key").click();
    // The API knows best what is missing.
    await dialog(page).getByRole("alert").getByText("senderId").waitFor();
    await page.getByRole("dialog").getByLabel("Sender").fill("shop");
    await page.getByLabel("read", { exact: true }).uncheck();
    await page.getByLabel("It works").selectOption("for 30 days");
    await button(page, "Create key").click();

    await shownOnce(page).getByText(/^hk_/).waitFor();
    const key = (await shownOnce(page).getByText(/^hk_/).textContent()) ?? "";
    await shownOnce(page)
      .getByText(/^whsec_/)
      .waitFor();
    await button(page, "Copy key").click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
    const self = await (
      await fetch(`${dashboard.url}/v1/keys/self`, { headers: { authorization: `Bearer ${key}` } })
    ).json();
    expect(self).toMatchObject({ senderId: "shop", scopes: ["send"], name: "shop" });
    await page.keyboard.press("Escape");
    await shownOnce(page).waitFor();
    await button(page, "I have kept it").click();
    await row(page, "shop")
      .getByText(/Expires in (29|30) d/)
      .waitFor();
    expect(await page.textContent("body")).not.toContain(key);
    await page.reload();
    await row(page, "shop").waitFor();
    expect(await page.textContent("body")).not.toContain(key);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("are replaced by one that may do the same, and end when they are revoked", async () => {
    const old = await make("replaced", ["send", "read"], { name: "till" });
    const page = await dashboard.open("/keys?sender=replaced");
    await button(page, "Replace till…").click();
    await button(page, "Make its replacement").click();
    const fresh = (await shownOnce(page).getByText(/^hk_/).textContent()) ?? "";
    await shownOnce(page).getByText(`revoke the old one, ${old.keyId}`).waitFor();
    expect([await works(String(old.key)), await works(fresh)]).toEqual([true, true]);
    await expect.poll(() => row(page, "till").count()).toBe(2);

    await row(page, String(old.keyId)).getByRole("button", { name: "Revoke till…" }).click();
    await button(page, "Leave it as it is").click();
    expect(await works(String(old.key))).toBe(true);
    await row(page, String(old.keyId)).getByRole("button", { name: "Revoke till…" }).click();
    await button(page, "Revoke the key").click();
    await dialog(page).waitFor({ state: "detached" });
    expect([await works(String(old.key)), await works(fresh)]).toEqual([false, true]);
    await row(page, String(old.keyId)).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Ended" }).click();
    await row(page, String(old.keyId))
      .getByText(/Revoked/)
      .waitFor();
    expect(await row(page, String(old.keyId)).getByRole("button").count()).toBe(0);
    await page.close();
  });

  it("of links to the portal are apart from the others, and can be taken back", async () => {
    const { url } = await dashboard.request("POST", "/v1/portal", { senderId: "linked" });
    const key = String(url).split("#key=")[1] ?? "";
    const page = await dashboard.open("/keys?sender=linked");
    await page.getByRole("heading", { name: "No key matches" }).waitFor();
    await page.getByRole("link", { name: "Portal links" }).click();
    await row(page, "portal")
      .getByText(/Expires in/)
      .waitFor();
    await button(page, "Revoke portal…").click();
    await button(page, "Revoke the key").click();
    await page.getByRole("heading", { name: "No key matches" }).waitFor();
    expect(await works(key)).toBe(false);
    await page.close();
  });

  it("of one sender are that sender's alone; revoking the one in use signs out, and is announced", async () => {
    await make("other", ["read"], { name: "foreign" });
    const own = await make("mine", ["operate"], { name: "my own" });
    const page = await dashboard.open("/keys", { key: String(own.key) });
    await row(page, "my own").getByText("yours").waitFor();
    expect(await page.textContent("body")).not.toContain("foreign");
    await button(page, "New key").click();
    expect(await dialog(page).getByLabel("Sender").count()).toBe(0);
    await button(page, "Create key").click();
    await shownOnce(page).getByText(/^hk_/).waitFor();
    await button(page, "Revoke my own…").click();
    await dialog(page).getByText("you will be signed out").waitFor();
    await button(page, "Revoke the key").click();
    await page.getByRole("heading", { name: "Enter an operator key" }).waitFor();
    await page.close();
  });

  it("are no business of a key that manages none, which sees what it may do itself", async () => {
    const reader = await make("reading", ["read"], { name: "desk", expiresIn: "2d" });
    const page = await dashboard.open("/keys", { key: String(reader.key) });
    await page.getByRole("heading", { name: "This key manages no others" }).waitFor();
    const facts = page.getByRole("region", { name: "You are signed in with" });
    await facts.waitFor();
    const text = await facts.textContent();
    for (const part of ["desk", String(reader.keyId), "reading", "read", "local", "in 1 d"])
      expect(text).toContain(part);
    expect(await button(page, "New key").count()).toBe(0);
    expect(await button(page, "Rotate…").count()).toBe(0);
    await page.close();
  });
});

describe("a sender's signing secret", () => {
  it("is rotated and shown once; a name that nobody has used is refused as a slip of the hand", async () => {
    const { signingSecret } = await make("signer", ["send"]);
    const page = await dashboard.open("/keys");
    const panel = page.getByRole("region", { name: "Signing secrets" });
    await panel.getByRole("button", { name: "Rotate…" }).click();
    await panel.getByText("Whose is it?").waitFor();
    await panel.getByLabel("Sender").fill("singer");
    await panel.getByRole("button", { name: "Rotate…" }).click();
    await button(page, "Rotate").click();
    await dialog(page).getByRole("alert").waitFor();
    await button(page, "Leave it as it is").click();
    await panel.getByLabel("Sender").fill("signer");
    await panel.getByRole("button", { name: "Rotate…" }).click();
    await button(page, "Rotate").click();
    const shown = await shownOnce(page)
      .getByText(/^whsec_/)
      .textContent();
    expect(shown).not.toBe(signingSecret);
    await page.close();
  });
});
