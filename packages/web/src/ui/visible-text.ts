/**
 * Text from producers and targets, made safe to look at: characters that are invisible, or that turn the
 * text around them, become visible marks. Markup needs no treatment: React writes text, never HTML.
 */

/**
 * C0 and C1 controls but tab and line breaks; soft hyphen; bidirectional marks, embeddings, overrides and
 * isolates; zero-width space and invisible operators; line and paragraph separators; byte order mark;
 * interlinear annotation; tag characters. Joiners stay: emoji and several scripts need them.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\r(?!\n)/gu;

export interface TextPart {
  readonly text: string;
  /** The character is hidden in the original; `text` names it. */
  readonly hidden?: true;
}

/** Beyond this many the marks stay in the running text: a hostile text must not make 100,000 elements. */
const MOST_MARKS = 400;

/** The text in parts, hidden characters named as in U+202E. */
export function visibleParts(text: string): readonly TextPart[] {
  const found = [...text.matchAll(HIDDEN)];
  if (found.length === 0) return [{ text }];
  if (found.length > MOST_MARKS)
    return [{ text: text.replace(HIDDEN, (character) => `⟨${nameOf(character)}⟩`) }];
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of found) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: nameOf(match[0]), hidden: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
