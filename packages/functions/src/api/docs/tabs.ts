/**
 * Programs in several languages, one of them shown: radio buttons and a style sheet, so that no script is needed. The
 * script of the page only remembers the choice.
 */
import type { Token } from "markdown-it";

/** What may stand side by side, by the word behind the fence. */
export const TAB_NAMES: ReadonlyMap<string, string> = new Map([
  ["sh", "curl"],
  ["ts", "TypeScript"],
  ["js", "JavaScript"],
  ["python", "Python"],
  ["go", "Go"],
]);

export function tabs(id: string, programs: readonly Token[], render: (program: Token) => string): string {
  const choices = programs.map(({ info }, index) => {
    const language = info.split(" ")[0] ?? "";
    const name = TAB_NAMES.get(language) ?? language;
    const checked = index === 0 ? " checked" : "";
    return `<input type="radio" name="${id}" id="${id}-${language}" data-language="${language}"${checked}><label for="${id}-${language}">${name}</label>`;
  });
  return `<fieldset class="tabs"><legend>Language</legend>${choices.join("")}\n${programs.map(render).join("")}</fieldset>\n`;
}
