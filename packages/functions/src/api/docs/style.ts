/** The pages' one style sheet, which their content security policy names by its hash. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --quiet: light-dark(#59606a, #a4abb5);
  --accent: light-dark(#0b57d0, #8ab4f8); --ground: light-dark(#fff, #131417); }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { background: var(--ground); color: light-dark(#1b1c1f, #ececee); margin: 0; display: grid; grid-template-columns: minmax(14rem, 18rem) minmax(0, 1fr);
  font: 16px/1.6 system-ui, sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line);
  font-size: .875rem; }
nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav ul ul { margin: 0 0 .5rem .25rem; padding-left: .75rem; border-left: 1px solid var(--line); }
nav li { margin: .3rem 0; overflow-wrap: anywhere; }
nav h2, nav h3 { font-size: .75rem; text-transform: uppercase; letter-spacing: .06em; color: var(--quiet); }
nav h2 { margin: 1.5rem 0 .25rem; } nav h3 { margin: 1rem 0 .25rem; }
nav a:has(.method) { display: flex; align-items: baseline; } nav .method { flex: none; min-width: 4em; }
nav [aria-current] { color: inherit; font-weight: 600; }
.brand { font-weight: 600; font-size: 1.125rem; margin: 0 0 .75rem; }
.brand .home { color: inherit; } .brand .open, .brand .close { display: none; }
main { padding: 1.5rem clamp(1rem, 4vw, 3rem) 6rem; max-width: 64rem; }
article > :not(.program, .tabs, .wide) { max-width: 46rem; }
a { color: var(--accent); }
:is(a, summary, pre, .wide, button):focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; } .skip:focus { left: 1rem; top: 1rem; }
h1 { line-height: 1.2; margin-top: .5rem; } h2, h3, h4 { line-height: 1.3; }
h2 { margin-top: 2.75rem; } h3 { margin: 2rem 0 .25rem; } h4 { margin: 1.25rem 0 .25rem; }
.route h3, .schema h3 { margin-top: .5rem; }
/* No width: a heading that fills its line must not get a second one for what nobody sees. */
.here { display: inline-block; width: 0; text-decoration: none; color: var(--quiet); opacity: 0; }
:is(h2, h3, h4):hover .here, .here:focus-visible { opacity: 1; }
li { margin: .25rem 0; }
blockquote { margin: 1rem 0; padding: .1rem 1rem; border-left: 3px solid var(--accent); background: var(--soft); }
.route, .schema { border-top: 1px solid var(--line); padding: .5rem 0 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .875em; }
:not(pre) > code { overflow-wrap: anywhere; }
pre { overflow: auto; margin: 0; padding: .75rem 1rem; border-radius: .5rem; background: var(--soft); line-height: 1.5; }
.route pre, .program { margin: 1rem 0; }
.program { position: relative; }
.program .file { margin: 0 0 .25rem; font: .8125rem ui-monospace, monospace; color: var(--quiet); }
.program button { position: absolute; right: .375rem; top: .375rem; padding: .125rem .5rem; border: 1px solid var(--line);
  border-radius: .375rem; background: var(--ground); color: inherit; font: .75rem system-ui, sans-serif; cursor: pointer; opacity: 0; }
.tabs .program button { right: 0; top: -2.125rem; }
.tabs button, .program:hover button, .program button:focus-visible { opacity: 1; }
.tabs { border: 0; margin: 1rem 0; padding: 0; min-width: 0; }
.tabs legend, .tabs input { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.tabs label { display: inline-block; padding: .25rem .75rem; font-size: .875rem; cursor: pointer; color: var(--quiet);
  border-bottom: 2px solid transparent; }
.tabs input:checked + label { color: inherit; border-color: var(--accent); font-weight: 600; }
.tabs input:focus-visible + label { outline: 2px solid var(--accent); outline-offset: -2px; }
.tabs .program { display: none; margin: .5rem 0 0; }
.tabs input:nth-of-type(1):checked ~ .program:nth-of-type(1), .tabs input:nth-of-type(2):checked ~ .program:nth-of-type(2),
.tabs input:nth-of-type(3):checked ~ .program:nth-of-type(3), .tabs input:nth-of-type(4):checked ~ .program:nth-of-type(4)
{ display: block; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .35rem 0; padding: .4rem .75rem; }
summary { cursor: pointer; }
.wide { overflow-x: auto; } article > .wide { margin: 1.25rem 0; }
table { border-collapse: collapse; font-size: .875rem; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
:is(th, td).right { text-align: right; } :is(th, td).center { text-align: center; }
td em { font-size: .75rem; opacity: .8; }
.method { display: inline-block; min-width: 4.4em; text-transform: uppercase; font: 600 .75rem ui-monospace, monospace; }
.status { display: inline-block; min-width: 3em; font: 600 .875rem ui-monospace, monospace; }
.next { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); }
@media (max-width: 50rem) {
  html { scroll-padding-top: 3.75rem; }
  body { display: block; }
  nav { z-index: 1; height: auto; max-height: 100vh; padding: .75rem 1rem; border: 0; border-bottom: 1px solid var(--line);
    background: var(--ground); }
  .brand { display: flex; gap: 1rem; align-items: baseline; margin: 0; } .brand .home { margin-right: auto; }
  nav:not(:target) .links { display: none; }
  nav:target .links { margin-top: .75rem; }
  nav:not(:target) .open, nav:target .close { display: inline; font-size: .875rem; }
  nav li { margin: .5rem 0; }
}
`;
