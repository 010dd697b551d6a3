import { html } from 'hono/html';
import { type Html, pageString } from './page-text.ts';

/** What is collected, why, for how long and who sees it. Nothing in it is about one person. */
export type PrivacyReport = {
  readonly organisation: string;
  readonly at: number;
  readonly mode: 'shadow' | 'live';
  /** People in the smallest group that any figure shows. */
  readonly groupsMin: number;
  readonly teams: {
    readonly people?: number;
    readonly groups: readonly { readonly name: string; readonly people: number }[];
    /** Groups whose size is not shown. */
    readonly hidden: number;
  };
  readonly sources: readonly { readonly id: string; readonly lastDay: string }[];
  readonly behaviours: readonly string[];
  readonly retention: readonly { readonly name: string; readonly days: number }[];
  readonly roles: readonly {
    readonly name: string;
    readonly sentence: string;
    readonly sees: readonly string[];
  }[];
  readonly exports: readonly { readonly report: string; readonly n: number }[];
  readonly erasures: number;
  /** Left out where experiments are not recorded. */
  readonly experiments?: readonly {
    readonly id: string;
    readonly behaviour: string;
    readonly state: string;
    /** Under a key of their own, until nobody is followed any more. */
    readonly pseudonyms: 'none' | 'in use' | 'destroyed';
  }[];
};

const style = `:root{color-scheme:light dark;--line:#8885}*{box-sizing:border-box}
body{font:1rem/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.2rem;margin:2.25rem 0 .5rem}p{max-width:44rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:normal}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
@media print{:root{color-scheme:light}body{margin:0;max-width:none;font-size:10pt}tr{break-inside:avoid}}`;

/** The report as one page to print: no script, nothing loaded from elsewhere. */
export function privacyReportPage(report: PrivacyReport): string {
  const title = 'What is kept about people, and who sees it';
  const { teams } = report;
  return pageString(html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer"><title>${title}</title><style>${style}</style></head><body>
<p>${report.organisation}</p><h1>${title}</h1>
<p>As it stood on ${new Date(report.at).toISOString().slice(0, 10)}. ${
    report.mode === 'shadow' ? 'Messages are written and not sent (shadow).' : 'Messages are sent (live).'
  }</p>
<h2>What is not there</h2>
<p>No score of a person, no ranking, no rate of one person, no group under ${report.groupsMin}. No message tells whether it was
opened. Silence never counts as an answer. What was found is about a case; it goes into no personnel file.</p>
<h2>What is collected</h2>
<p>Reports of these sources; what matches no behaviour is counted and not kept.</p>
${tableOf(
  ['Source', 'Heard last'],
  report.sources.map(({ id, lastDay }) => [id, lastDay]),
)}
<p>Behaviours: ${report.behaviours.join(', ')}.</p>
<h2>How long</h2>
${tableOf(
  ['Class', '#Days'],
  report.retention.map(({ name, days }) => [name.replace(/Days$/u, ''), days]),
)}
<p>Events and outcomes from the end of their case, all else from when it was written. Counts without people in them are
kept without end.</p>
<h2>Who can see what</h2>
${tableOf(
  ['Role', 'What for', 'May'],
  report.roles.map(({ name, sentence, sees }) => [name, sentence, sees.join(' ')]),
)}
<p>Whoever is of one team sees the cases of that team only. People see what is held about themselves at /me.</p>
<h2>Whom it reaches</h2>
<p>${teams.people === undefined ? `Fewer people than may be said.` : `${teams.people} people.`} ${
    teams.hidden > 0
      ? `${teams.hidden} groups are not shown: they are under ${report.groupsMin}, or would follow from the others.`
      : ''
  }</p>
${tableOf(
  ['Group', '#People'],
  teams.groups.map(({ name, people }) => [name, people]),
)}
${experimentsPart(report)}
<h2>Reports that left, and erasures</h2>
${tableOf(
  ['Report', '#Times'],
  [...report.exports.map(({ report: name, n }) => [name, n]), ['people erased', report.erasures]],
)}
<p>Who took a report, when and why is kept.</p>
</body></html>
`);
}

function experimentsPart({ experiments }: PrivacyReport): Html {
  if (experiments === undefined) return html``;
  const rows = experiments.map(({ id, behaviour, state, pseudonyms }) => [id, behaviour, state, pseudonyms]);
  return html`<h2>Experiments</h2><p>Chance decides which words somebody gets. Who takes part stands under a pseudonym, whose
salt is destroyed when nobody is followed any more; figures stay.</p>
${tableOf(['Experiment', 'Behaviour', 'State', 'Pseudonyms'], rows)}`;
}

/** A name that begins with `#` heads a column of numbers. */
function tableOf(names: readonly string[], rows: readonly (readonly (string | number)[])[]): Html {
  if (rows.length === 0) return html`<p>None.</p>`;
  return html`<div class="wide"><table><thead><tr>${names.map((name) =>
    name.startsWith('#') ? html`<th class="n">${name.slice(1)}</th>` : html`<th>${name}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell) => (typeof cell === 'number' ? html`<td class="n">${cell}</td>` : html`<td>${cell}</td>`))}</tr>`,
  )}</tbody></table></div>`;
}
