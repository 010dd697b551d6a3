/** Of the preview page: near to how each channel looks, in light and dark, from a phone's width on. */
export const previewStyle = `:root{color-scheme:light dark;--ink:#1c2530;--soft:#55606e;--back:#f3f5f7;--card:#fff;--edge:#d5dae0;--accent:#0f5f73}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf1;--soft:#a7b1bd;--back:#12161b;--card:#1c222a;--edge:#3a444f;--accent:#8fd3e3}}
*{box-sizing:border-box}body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;padding:1.5rem;max-width:110rem;background:var(--back);color:var(--ink)}
h1{font-size:1.8rem}h2{margin-top:3rem;font-size:1.4rem}h3{font-size:1.1rem;margin:2rem 0 .5rem}small{font-weight:normal;color:var(--soft)}
a{color:var(--accent)}nav ul{columns:18rem;padding-inline-start:1.2rem}
.cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));align-items:start}
.card{background:var(--card);border:1px solid var(--edge);border-radius:8px;padding:.9rem 1rem;min-width:0;overflow-wrap:anywhere;font-size:.94rem}
.card h4{margin:0 0 .6rem;font-size:.75rem;letter-spacing:.03em;color:var(--soft);font-weight:600}.card h5{margin:0 0 .5rem;font-size:1.02rem}
.card p{margin:0 0 .6rem;white-space:pre-line}.card .soft{color:var(--soft);font-size:.85rem}
.card pre{font:12px/1.45 ui-monospace,monospace;white-space:pre-wrap;margin:0;max-height:24rem;overflow:auto}
.card hr{border:0;border-top:1px solid var(--edge);margin:.6rem 0}
.buttons{display:flex;flex-wrap:wrap;gap:.4rem}.buttons span{border:1px solid var(--edge);border-radius:4px;padding:.25rem .7rem;font-weight:600;font-size:.88rem}
.teams .step{background:var(--back);padding:.5rem .7rem;border-radius:4px}.teams h5{font-size:1.15rem}
.slack{border-inline-start:4px solid var(--edge)}.github{border-radius:6px}.github h5{border-bottom:1px solid var(--edge);padding-bottom:.4rem}
.email .page{margin:0 -.5rem;overflow:hidden;border-radius:6px}.recipient{max-width:44rem;padding:0;overflow:hidden}
details{margin:.6rem 0}summary{cursor:pointer;color:var(--accent)}
@media (max-width:480px){body{padding:1rem}}`;
