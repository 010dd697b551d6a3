import type { JsonValue } from '../lib/canonical-json.ts';
import { html } from '../lib/escape.ts';
import { type Commitment, entriesOf, isCommitment, isList, pointerStep } from './commitment.ts';
import type { Evidence } from './evidence.ts';
import { sealPlace } from './sealed-text.ts';

const style = `
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
ol{padding:0;list-style:none}li{border-top:1px solid #8888;padding:.75rem 0;break-inside:avoid}
dl{display:grid;grid-template-columns:minmax(6rem,12rem) 1fr;gap:.15rem 1rem;margin:.5rem 0 0}
dt{opacity:.75}dd{margin:0;white-space:pre-wrap}dd dl,dd ol{margin:0}dd li{padding:.25rem 0}
code{font:.8rem ui-monospace,monospace}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8888;vertical-align:top}
@media print{body{margin:0;max-width:none}}`;

/**
 * The story as one readable page: no script, nothing loaded from elsewhere, fit for printing. It shows what the JSON
 * file holds, and has a place for the exporter's signature over it; the proofs are in the JSON file.
 */
export function evidencePage(evidence: Evidence): string {
  const title = `Evidence for loop ${evidence.loop}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer"><meta name="seal" content="${sealPlace()}"><title>${html(title)}</title><style>${style}</style></head><body>
<h1>${html(title)}</h1>
<p>${html(evidence.organisation)} · exported ${when(evidence.exportedAt)} · ${evidence.entries.length} entries</p>
<h2>What happened</h2>
<ol>${evidence.entries.map((entry) => entryItem(evidence, entry)).join('\n')}</ol>
<h2>Seals</h2>
${sealTable(evidence)}
<h2>Checking it</h2>
<p>This page is for reading. The JSON file that came with it can be checked offline, without Foldback’s database:
<code>foldback evidence verify FILE</code>. Compare the key ids with those that the organisation publishes.</p>
<dl>${evidence.keys.map((key) => row('Key', `${key.keyId}  ${key.publicKey}`)).join('')}
${row('Signature', evidence.statement.signature)}</dl>
</body></html>
`;
}

function entryItem(evidence: Evidence, entry: Evidence['entries'][number]): string {
  const held = new Map(
    evidence.private.filter(({ seq }) => seq === entry.seq).map(({ path, value }) => [path, value]),
  );
  const facts = entriesOf(entry.body)
    .map(
      ([name, value]) => `<dt>${html(name)}</dt><dd>${valueHtml(value, `/${pointerStep(name)}`, held)}</dd>`,
    )
    .join('');
  return `<li><strong>${entry.seq}. ${html(entry.kind)}</strong> · ${when(entry.at)}<dl>${facts}</dl>
<code>${html(entry.hash)}</code></li>`;
}

function valueHtml(value: JsonValue | Commitment, at: string, held: ReadonlyMap<string, JsonValue>): string {
  if (value === null || typeof value !== 'object') return html(value === null ? '–' : String(value));
  if (isCommitment(value)) {
    const shown = held.get(at);
    return shown === undefined ? '<em>erased</em>' : valueHtml(shown, `${at}/`, new Map());
  }
  const inner = entriesOf(value).map(([name, member]) => {
    return { name, text: valueHtml(member, `${at}/${pointerStep(name)}`, held) };
  });
  return isList(value)
    ? `<ol>${inner.map(({ text }) => `<li>${text}</li>`).join('')}</ol>`
    : `<dl>${inner.map(({ name, text }) => `<dt>${html(name)}</dt><dd>${text}</dd>`).join('')}</dl>`;
}

function sealTable(evidence: Evidence): string {
  if (evidence.checkpoints.length === 0) return '<p>Not sealed yet.</p>';
  const rows = evidence.checkpoints.map(({ checkpoint, head }) => {
    return `<tr><td>${checkpoint.n}</td><td>${when(checkpoint.at)}</td><td>${head.seq}</td><td><code>${html(checkpoint.root)}</code></td></tr>`;
  });
  return `<table><thead><tr><th>Checkpoint</th><th>Signed</th><th>Up to entry</th><th>Root</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`;
}

function row(label: string, value: string): string {
  return `<dt>${html(label)}</dt><dd><code>${html(value)}</code></dd>`;
}

/** Minutes and seconds in UTC; a time outside the calendar is shown as its number. */
function when(at: number): string {
  const isDate = Math.abs(at) <= 8.64e15;
  const text = isDate ? `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC` : String(at);
  return `<time>${html(text)}</time>`;
}
