/**
 * The pages' one script, which their content security policy names by its hash. Everything can be read without it: it
 * remembers the language that was chosen, copies programs, and puts this origin into them.
 */
export const DOCS_SCRIPT = `
const KEY = "homing-docs-language";
const choices = [...document.querySelectorAll("input[data-language]")];
const choose = (language) => {
  for (const choice of choices) if (choice.dataset.language === language) choice.checked = true;
};
// A browser may keep no storage for us.
const stored = (work) => { try { return work(localStorage); } catch { return null; } };
choose(stored((storage) => storage.getItem(KEY)));
document.addEventListener("change", ({ target }) => {
  const { language } = target.dataset;
  if (language === undefined) return;
  const before = target.getBoundingClientRect().top;
  choose(language);
  scrollBy({ top: target.getBoundingClientRect().top - before, behavior: "instant" });
  stored((storage) => storage.setItem(KEY, language));
});
for (const program of document.querySelectorAll(".program")) {
  const code = program.querySelector("code");
  code.textContent = code.textContent.replaceAll("http://127.0.0.1:3000", location.origin);
  if (navigator.clipboard === undefined) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  program.append(button);
}
`;
