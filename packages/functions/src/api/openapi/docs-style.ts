/** The page's one style sheet, which its content security policy names by its hash. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: light-dark(#0b57d0, #8ab4f8); }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: minmax(14rem, 20rem) minmax(0, 1fr);
  font: 16px/1.55 system-ui, sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line);
  font-size: .875rem; }
nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { margin: .25rem 0; overflow-wrap: anywhere; }
nav h2 { font-size: .75rem; text-transform: uppercase; letter-spacing: .06em; margin: 1.5rem 0 .25rem; }
.brand { font-weight: 600; font-size: 1rem; margin: 0; } .brand a { display: none; }
main { padding: 1.5rem clamp(1rem, 4vw, 3rem) 6rem; max-width: 64rem; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; } .skip:focus { left: 1rem; top: 1rem; }
h2 { margin-top: 3rem; } h3 { margin-bottom: .25rem; } h4 { margin: 1.25rem 0 .25rem; }
.chapter { scroll-margin-top: 1rem; max-width: 46rem; }
.route, .schema { border-top: 1px solid var(--line); padding: .5rem 0 1rem; scroll-margin-top: 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .875em; }
pre { overflow: auto; padding: .75rem 1rem; border-radius: .5rem; background: var(--soft); }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .35rem 0; padding: .4rem .75rem; }
summary { cursor: pointer; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
td em { font-size: .75rem; opacity: .8; }
.method { display: inline-block; min-width: 4.4em; text-transform: uppercase; font: 600 .75rem ui-monospace, monospace; }
.status { display: inline-block; min-width: 3em; font: 600 .875rem ui-monospace, monospace; }
@media (max-width: 50rem) {
  body { display: block; }
  nav { z-index: 1; height: auto; max-height: 100vh; padding: .75rem 1rem; border: 0; border-bottom: 1px solid var(--line);
    background: Canvas; }
  .brand { display: flex; justify-content: space-between; }
  nav:not(:target) .links { display: none; }
  nav:not(:target) .open, nav:target .close { display: inline; }
  nav li { margin: .5rem 0; }
  .chapter, .route, .schema { scroll-margin-top: 3.5rem; }
  main { padding-top: 0; }
}
`;
