/** What a link to the portal says: the key, in its fragment, and how the portal is to look, in its query. */
import { signIn } from "../api/session.ts";
import { accentOf } from "./accent.ts";

const THEMES = ["light", "dark"];
/** public/theme.js reads the first before anything is painted. */
const THEME = "homing.portal.theme";
const ACCENT = "homing.portal.accent";

/**
 * Takes the key out of the address bar, for this tab alone, and the look with it. A page that is loaded anew looks as
 * the link said.
 */
export function takeLink(): void {
  const url = new URL(location.href);
  const key = new URLSearchParams(url.hash.slice(1)).get("key");
  const said = { theme: url.searchParams.get("theme"), accent: url.searchParams.get("accent") };
  if (key) {
    remember(THEME, said.theme);
    remember(ACCENT, said.accent);
    signIn(key);
  }
  applyLook(key ? said : { theme: recall(THEME), accent: recall(ACCENT) });
  url.searchParams.delete("theme");
  url.searchParams.delete("accent");
  url.hash = "";
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}

interface Look {
  readonly theme: string | null;
  readonly accent: string | null;
}

function applyLook(look: Look): void {
  const root = document.documentElement;
  const theme = THEMES.find((one) => one === look.theme);
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  const accent = accentOf(look.accent);
  if (!accent) return;
  const { text, fill, onFill } = accent;
  const either = `light-dark(${text.light}, ${text.dark})`;
  const colors = {
    "--accent": either,
    "--focus": either,
    "--accent-fill": fill,
    "--on-accent-fill": onFill,
    "--selected": `color-mix(in srgb, ${either} 8%, var(--surface))`,
  };
  for (const [name, value] of Object.entries(colors)) root.style.setProperty(name, value);
}

function remember(name: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // Without storage it looks as the reader's system does.
  }
}

function recall(name: string): string | null {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}
