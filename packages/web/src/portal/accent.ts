/** An embedder's colour, made into colours that can be read: whatever it is, no text is lost in it. */

/** Red, green and blue, 0 to 255. */
type Color = readonly [number, number, number];

/** Darker than every background of the light theme, lighter than every one of the dark: see tokens.css. */
const FARTHEST_BACKGROUND = { light: [0xea, 0xea, 0xe8], dark: [0x2a, 0x2c, 0x34] } as const;
/** https://www.w3.org/TR/WCAG22/#contrast-minimum */
const READABLE = 4.5;
const STEPS = 50;

export interface Accent {
  /** Of links and marks, in each theme. */
  readonly text: { readonly light: string; readonly dark: string };
  /** Of what is filled with it: the colour itself, and the one that is written on it. */
  readonly fill: string;
  readonly onFill: string;
}

/** Six hexadecimal digits, perhaps after a `#`; undefined for anything else. */
export function accentOf(text: string | null): Accent | undefined {
  const [, digits] = /^#?([0-9a-f]{6})$/i.exec(text ?? "") ?? [];
  if (digits === undefined) return undefined;
  const color: Color = [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16)) as never;
  const isLight = contrast(color, BLACK) > contrast(color, WHITE);
  return {
    text: {
      light: hex(readable(color, BLACK, FARTHEST_BACKGROUND.light)),
      dark: hex(readable(color, WHITE, FARTHEST_BACKGROUND.dark)),
    },
    fill: hex(color),
    onFill: hex(isLight ? BLACK : WHITE),
  };
}

const WHITE: Color = [255, 255, 255];
const BLACK: Color = [0, 0, 0];

/** As little of `end` mixed in as it takes. */
function readable(color: Color, end: Color, background: Color): Color {
  for (let step = 0; step < STEPS; step += 1) {
    const mixed = color.map((part, i) => Math.round(part + (((end[i] ?? 0) - part) * step) / STEPS)) as never;
    if (contrast(mixed, background) >= READABLE) return mixed;
  }
  return end;
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: Color, other: Color): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance([red, green, blue]: Color): number {
  const linear = (part: number) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function hex(color: Color): string {
  return `#${color.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
