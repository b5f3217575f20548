/** What the reader prefers, remembered by this browser (localStorage) and shared by its tabs. */
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
/** Storage is slow to read, and every time on the screen asks for its form. */
const known = new Map<string, string | undefined>();

addEventListener("storage", () => {
  known.clear();
  notify();
});

function notify(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function read(name: string): string | undefined {
  if (!known.has(name)) known.set(name, readStorage(name));
  return known.get(name);
}

function readStorage(name: string): string | undefined {
  try {
    return localStorage.getItem(`homing.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(name: string, value: string): void {
  known.set(name, value);
  try {
    localStorage.setItem(`homing.${name}`, value);
  } catch {
    // Forbidden storage: the choice lasts as long as the page.
  }
  notify();
}

function useStored(name: string): string | undefined {
  return useSyncExternalStore(subscribe, () => read(name));
}

export type Theme = "light" | "dark";

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

/** The chosen theme, else the system's. public/theme.js applies a stored choice before the first paint. */
export function useTheme(): Theme {
  const stored = useStored("theme");
  const system = useSyncExternalStore(
    (listener) => {
      systemIsDark.addEventListener("change", listener);
      return () => systemIsDark.removeEventListener("change", listener);
    },
    () => systemIsDark.matches,
  );
  if (stored === "light" || stored === "dark") return stored;
  return system ? "dark" : "light";
}

export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  write("theme", theme);
}

/** Exact times instead of relative ones. */
export function useExactTimes(): boolean {
  return useStored("times") === "exact";
}

export function toggleExactTimes(): void {
  write("times", read("times") === "exact" ? "relative" : "exact");
}

/** Whether single keys are shortcuts; they get in the way of speech input, so they can be switched off. */
export function useShortcutsEnabled(): boolean {
  return useStored("shortcuts") !== "off";
}

export function shortcutsEnabled(): boolean {
  return read("shortcuts") !== "off";
}

export function enableShortcuts(enabled: boolean): void {
  write("shortcuts", enabled ? "on" : "off");
}
