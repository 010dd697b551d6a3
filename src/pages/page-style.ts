/**
 * The one stylesheet of all server-rendered pages. Colours stay away from red: the page informs, it does not accuse.
 * Text against its ground keeps 4.5:1 and edges of controls 3:1 (WCAG 2.2, 1.4.3 and 1.4.11) in both schemes.
 */
const source = `
:root{
  color-scheme:light dark;
  --ground:#f5f4ef;--card:#fff;--ink:#1c2527;--soft:#566166;--line:#dddbd2;--edge:#7f8b90;
  --accent:#0c5a66;--accent-ink:#fff;--tint:#e9f2f1;--tint-line:#bcd6d4;--note:#fbf5e4;--note-line:#e2cf98
}
@media (prefers-color-scheme:dark){:root{
  --ground:#14191b;--card:#1c2326;--ink:#e9edec;--soft:#a9b5b8;--line:#343e42;--edge:#7d8b90;
  --accent:#86d2d5;--accent-ink:#06282c;--tint:#19302f;--tint-line:#2f5553;--note:#2e291a;--note-line:#5c5130
}}
@media (prefers-contrast:more){:root{--soft:var(--ink);--line:var(--edge);--tint-line:var(--edge);--note-line:var(--edge)}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
.top,main,footer{max-width:40rem;margin:0 auto;padding:0 1rem}
main{padding-top:.35rem}
.wide main,.wide .top,.wide footer{max-width:60rem}
.top{display:flex;flex-wrap:wrap;gap:.25rem .5rem;align-items:center;justify-content:space-between;padding-block:.6rem 0;font-size:.8125rem;color:var(--soft)}
.brand{display:flex;gap:.45rem;align-items:center;font-weight:650;color:var(--ink)}
.brand svg{width:1.25rem;height:1.25rem;color:var(--accent)}
h1{font-size:1.4rem;line-height:1.25;margin:.1rem 0 .65rem;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:1.0625rem;line-height:1.3;margin:0 0 .4rem}
p{margin:0 0 .6rem}
a{color:var(--accent);text-underline-offset:.15em}
code{font:.9em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{overflow-x:auto;margin:.25rem 0 .9rem;padding:.7rem .85rem;border:1px solid var(--line);border-radius:.5rem;background:var(--ground)}
pre code{white-space:pre-wrap}
.from,.soft,.hint{color:var(--soft);font-size:.875rem}
.from{margin:.35rem 0 0;flex-basis:100%}
.card{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:.875rem;margin:0 0 .75rem}
.card>:last-child,li>:last-child{margin-bottom:0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem .9rem;margin:0 0 .75rem}
dt{color:var(--soft);font-size:.875rem;line-height:1.714}
dd{margin:0;min-width:0}
.now{border:1px solid var(--line);border-radius:.5rem;padding:.5rem .75rem;font-weight:550}
.now.active{background:var(--note);border-color:var(--note-line)}
.now.inactive{background:var(--tint);border-color:var(--tint-line)}
.step{border-color:var(--tint-line);background:var(--tint)}
.step h2 span{font-weight:400;color:var(--soft);font-size:.875rem}
.lead{font-weight:600}
ol{margin:0 0 .6rem;padding-inline-start:1.4rem}
ol li{margin:.2rem 0}
.news{background:var(--note);border-color:var(--note-line)}
.good{background:var(--tint);border-color:var(--tint-line)}
button,input,select,summary{font:inherit;color:inherit}
button{min-height:2.75rem;padding:.5rem 1.1rem;border:1px solid var(--accent);border-radius:.5rem;background:var(--card);color:var(--accent);font-weight:600;cursor:pointer}
button+.hint{margin:.5rem 0 0}
.first{width:100%;margin-top:.25rem;background:var(--accent);color:var(--accent-ink)}
input:not([type=radio]),select{width:100%;min-height:2.75rem;padding:.4rem .7rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--card)}
label{display:block;margin:0 0 .6rem}
label>span{display:block;font-size:.9375rem;margin-bottom:.2rem}
fieldset{border:0;margin:0 0 .4rem;padding:0}
legend{padding:0;margin-bottom:.2rem}
.pick{display:flex;gap:.6rem;align-items:center;min-height:2.25rem;margin:0}
.pick input{width:1.15rem;height:1.15rem;margin:0;flex:none;accent-color:var(--accent)}
form{margin:0}
details{border-top:1px solid var(--line)}
details:first-child{border-top:0}
.answers{padding-bottom:.5rem}
.rows{margin-top:.75rem;border-top:1px solid var(--line)}
.bare{padding-block:.35rem}
.bare .answers{padding:0}
summary{display:flex;align-items:center;justify-content:space-between;gap:.75rem;min-height:2.75rem;padding:.35rem 0;cursor:pointer;list-style:none;font-weight:550}
summary::-webkit-details-marker{display:none}
summary::after{content:"";flex:none;width:.5rem;height:.5rem;margin-inline-end:.25rem;border:solid var(--soft);border-width:0 .125rem .125rem 0;transform:rotate(45deg)}
[open]>summary::after{transform:rotate(-135deg)}
.in{padding:.1rem 0 1rem}
.in>:last-child{margin-bottom:0}
.more h2{margin-top:1.4rem}
.more ul{margin:0 0 .6rem;padding-inline-start:1.2rem}
:focus-visible{outline:.1875rem solid var(--accent);outline-offset:.125rem;border-radius:.25rem}
.list{list-style:none;margin:0;padding:0}
.list>li{border-top:1px solid var(--line);padding:.75rem 0}
.list>li:first-child{border:0;padding-top:0}
.tag{display:inline-block;padding:.05rem .5rem;border:1px solid var(--line);border-radius:1rem;font-size:.8125rem}
.counts{grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:1rem}
.counts div{display:flex;flex-direction:column-reverse;justify-content:flex-end}
.counts dd{font-size:1.5rem;line-height:1.2;font-weight:600;font-variant-numeric:tabular-nums}
.sent{white-space:pre-line}
.sent+.hint{margin-top:-.4rem}
blockquote{margin:0 0 .75rem;padding-inline-start:.75rem;border-inline-start:.2rem solid var(--line)}
mark{background:var(--note);color:inherit;box-shadow:0 0 0 .1rem var(--note-line)}
sup{font-weight:650;line-height:0;margin-inline-start:.1em;white-space:nowrap}
.token{font-size:1.05rem;user-select:all}
footer{padding-block:1rem 2rem;font-size:.875rem;color:var(--soft)}
@media (min-width:40rem){
  h1{font-size:1.75rem}
  .card{padding:1.25rem 1.5rem;margin-bottom:1rem}
  .first{width:auto;min-width:14rem}
}
@media (forced-colors:active){button,.tag{border-color:ButtonText}summary::after{border-color:CanvasText}}
@media print{
  body{background:#fff;color:#000;font-size:11pt}
  .answers,.top a{display:none}
  .card{break-inside:avoid;background:none}
  details::details-content{content-visibility:visible;height:auto}
  a[href^=http]::after{content:" <" attr(href) ">";font-size:.85em}
}
`;

/** Bytes as served: the readable source without its indentation. */
export const pageStyle = source.replace(/\n\s*/gu, '').replace(/;\}/gu, '}');

/** FNV-1a, 32 bit: only tells one version of the stylesheet from another in its address; no secret, no signature. */
function versionOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/** Where the stylesheet is served, for ever unchanged: `/r/style-3fa9c1d2.css`. No token has a dot in it. */
export const pageStylePath = `/r/style-${versionOf(pageStyle)}.css`;

/** The loop mark, in a colour that reads on light and dark tabs. */
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" fill="none" stroke="#2a8f98" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"><path d="M16.5 10a6.5 6.5 0 1 1-2.2-4.9"/><path d="M14.8 1.8v3.6h-3.6"/></svg>';
export const pageIconPath = `/r/icon-${versionOf(icon)}.svg`;

/** The files that pages ask for. Served as they are, to anybody, for ever (`immutable`). */
export const pageAssets: readonly { readonly path: string; readonly type: string; readonly body: string }[] =
  [
    { path: pageStylePath, type: 'text/css; charset=utf-8', body: pageStyle },
    { path: pageIconPath, type: 'image/svg+xml', body: icon },
  ];
