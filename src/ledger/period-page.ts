import { html } from '../lib/escape.ts';
import type { CsvCase } from './period-csv.ts';
import { sealPlace } from './sealed-text.ts';

export type PageItem = {
  /** With framework and edition: an id alone means something else in another one. */
  readonly reference: string;
  readonly title: string;
  readonly behaviours: readonly string[];
  readonly loops: number;
  readonly verified: number;
  readonly held: number;
  readonly controls: readonly string[];
};

export type PageFramework = {
  readonly title: string;
  readonly edition: string;
  readonly notes: readonly string[];
  readonly items: readonly PageItem[];
  readonly gaps: readonly string[];
};

export type PeriodPage = {
  readonly organisation: string;
  readonly from: number;
  readonly until: number;
  readonly exportedAt: number;
  readonly purpose: string;
  readonly teams: 'all' | readonly string[];
  readonly behaviours: readonly {
    readonly behaviour: string;
    readonly loops: number;
    readonly verified: number;
    readonly held: number;
    readonly dismissed: number;
  }[];
  readonly frameworks: readonly PageFramework[];
  /** The first of them, at most `pageCasesMax`. */
  readonly cases: readonly CsvCase[];
  readonly casesTotal: number;
};

/** More are read in the rows and the file to check; a page of ten thousand cases is printed by nobody. */
export const pageCasesMax = 500;

const style = `
:root{color-scheme:light dark;--line:#8885;--soft:#8882}
*{box-sizing:border-box}
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:.25rem 0}h2{font-size:1.2rem;margin:2.5rem 0 .5rem}h3{font-size:1rem;margin:1.5rem 0 .25rem}
dl{display:grid;grid-template-columns:minmax(6rem,12rem) 1fr;gap:.15rem 1rem;margin:1rem 0}dt{opacity:.75}dd{margin:0}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:normal}
td:nth-child(2):not(.n){min-width:11rem}
th{font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td:first-child,th:first-child{white-space:nowrap}
.gap{background:var(--soft);padding:.6rem .8rem;border-left:3px solid currentColor;margin:.75rem 0}
code{font:.8rem ui-monospace,monospace}p{max-width:44rem}
@media (max-width:34rem){body{margin:1rem auto}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.4rem}td,th{padding-right:.6rem}}
@media print{:root{color-scheme:light}body{margin:0;max-width:none;font-size:10pt}tr,.gap{break-inside:avoid}thead{display:table-header-group}.wide{overflow:visible}}`;

/** Evidence of a period as one page to read and print: no script, nothing loaded from elsewhere. */
export function periodPage(page: PeriodPage): string {
  const title = `Evidence, ${day(page.from)} to ${day(page.until - 1)}`;
  const whose = page.teams === 'all' ? 'all teams' : `teams ${page.teams.join(', ')}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer"><meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
<meta name="seal" content="${sealPlace()}">
<title>${html(title)}</title><style>${style}</style></head><body>
<p>${html(page.organisation)}</p><h1>${html(title)}</h1>
<dl><dt>Exported</dt><dd>${when(page.exportedAt)}</dd><dt>Covers</dt><dd>${html(whose)}</dd>
<dt>Purpose</dt><dd>${html(page.purpose)}</dd><dt>Cases</dt><dd>${page.casesTotal}</dd></dl>
<p>A case counts as proven when the world shows the whole fix (verified), and as held when it then stayed away for the
hold window of its behaviour. A claim, a closed alert or silence counts for neither.</p>
<h2>Cases by behaviour</h2>
${behaviourTable(page)}
<h2>Coverage</h2>
${page.frameworks.map(frameworkPart).join('\n')}
<h2>Cases</h2>
${caseTable(page)}
<h2>Checking it</h2>
<p>The page carries its signature: <code>foldback evidence verify FILE</code> says offline whether it was changed. The
file of stories of the same period (<code>--format json</code>) holds what these figures come from.</p>
</body></html>
`;
}

function behaviourTable({ behaviours }: PeriodPage): string {
  if (behaviours.length === 0) return '<p>Nothing was recorded in this time.</p>';
  const rows = behaviours.map(({ behaviour, loops, verified, held, dismissed }) => {
    const cells = [loops, verified, held, loops - verified - held, dismissed].map(numberCell).join('');
    return `<tr><td>${html(behaviour)}</td>${cells}</tr>`;
  });
  return tableOf(['Behaviour', '#Cases', '#Verified', '#Held', '#Not proven', '#Dismissed or merged'], rows);
}

function frameworkPart({ title, edition, notes, items, gaps }: PageFramework): string {
  const covered = items.filter(({ behaviours }) => behaviours.length > 0);
  const rows = covered.map((item) => {
    const counts = [item.loops, item.verified, item.held, item.controls.length].map(numberCell).join('');
    return `<tr><td>${html(item.reference)}</td><td>${html(item.title)}<br><small>${html(item.behaviours.join(', '))}</small></td>${counts}</tr>`;
  });
  const gapText =
    gaps.length === 0
      ? '<p>No gaps: a behaviour bears on every item.</p>'
      : `<p class="gap"><strong>${gaps.length} of ${items.length} without a behaviour:</strong> ${html(gaps.join(' · '))}</p>`;
  return `<h3>${html(`${title} ${edition}`)}</h3>
${notes.map((note) => `<p>${html(note)}</p>`).join('')}
${covered.length === 0 ? '' : tableOf(['Item', 'What it asks, and the behaviours', '#Cases', '#Verified', '#Held', '#Controls'], rows)}
${gapText}`;
}

function caseTable({ cases, casesTotal }: PeriodPage): string {
  if (cases.length === 0) return '<p>There is none.</p>';
  const rows = cases.map((one) => {
    const verified = one.verifiedAt === undefined ? '–' : when(one.verifiedAt);
    return `<tr><td>${html(one.caseCode)}</td><td>${html(one.behaviour)}</td><td>${html(one.state)}</td><td>${html(one.rung)}</td><td>${when(one.firstOccurredAt)}</td><td>${verified}</td></tr>`;
  });
  const rest =
    casesTotal > cases.length
      ? `<p>The first ${cases.length} of ${casesTotal}; the rows (<code>--format csv</code>) have all.</p>`
      : '';
  return `${tableOf(['Case', 'Behaviour', 'State', 'Proof', 'First occurred', 'Verified'], rows)}${rest}`;
}

/** A name that begins with `#` heads a column of numbers. */
function tableOf(names: readonly string[], rows: readonly string[]): string {
  const head = names.map((name) =>
    name.startsWith('#') ? `<th class="n">${html(name.slice(1))}</th>` : `<th>${html(name)}</th>`,
  );
  return `<div class="wide"><table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

function numberCell(n: number): string {
  return `<td class="n">${n}</td>`;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function when(at: number): string {
  return `<time>${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`;
}
