import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { meQuery, sourcesQuery } from '../api/queries.ts';
import type { SourceJson } from '../api/shapes.ts';
import { DropReport } from '../parts/drop-report.tsx';
import { may } from '../parts/may.ts';
import { Empty, Tag, Title, Waiting } from '../parts/states.tsx';
import { minuteText, utcDayText } from '../parts/text.ts';

const authSays: Readonly<Record<SourceJson['auth'], string>> = {
  signature: 'Signed with a shared secret',
  bearer: 'A shared secret in a header',
  'oidc-jwt': 'Signed by its identity provider',
  sns: 'Signed by AWS SNS',
  token: 'An API token with events:write',
};

/** Where news comes from, and whether it still does. */
export function Sources() {
  const sources = useQuery(sourcesQuery);
  const me = useQuery(meQuery);
  const [sought, setSought] = useState('');
  if (sources.data === undefined)
    return (
      <>
        <Title text="Sources" />
        <Waiting query={sources} />
      </>
    );
  const fits = ({ id, title }: SourceJson) =>
    `${id} ${title}`.toLowerCase().includes(sought.trim().toLowerCase());
  const all = sources.data.items;
  const heard = all
    .filter(({ lastDay, pull }) => lastDay !== undefined || pull !== undefined)
    .toSorted((a, b) => Number(b.isSilent) - Number(a.isSilent));
  const other = all.filter((source) => !heard.includes(source) && fits(source));
  return (
    <>
      <Title text="Sources">
        A source that is silent proves nothing: what it would have reported is not counted as fixed. How often
        one is expected follows from its own last four weeks.
      </Title>
      <div className="space-y-5">
        {heard.length === 0 ? (
          <Empty title="No source has spoken yet">
            <p>
              Send a report to <code>POST /v1/sources/gitleaks</code> with a token that has the scope{' '}
              <code>events:write</code>, or import a file: <code>foldback import report.json</code>.
            </p>
          </Empty>
        ) : (
          <section>
            <h2 className="mb-2">Heard</h2>
            <ul className="grid gap-3 md:grid-cols-2">
              {heard.map((source) => (
                <Heard key={source.id} source={source} />
              ))}
            </ul>
          </section>
        )}
        {may(me.data, 'events:write') && (
          <section className="card max-w-xl">
            <h2 className="mb-2">Drop a report</h2>
            <DropReport />
          </section>
        )}
        <section>
          <div className="mb-2 flex flex-wrap items-end justify-between gap-3">
            <h2>Ready to be connected</h2>
            <label>
              <span className="mb-1 block text-sm text-soft">Find</span>
              <input
                className="field"
                type="search"
                value={sought}
                onChange={(event) => setSought(event.target.value)}
              />
            </label>
          </div>
          {other.length === 0 ? (
            <p className="text-soft">No source is called so.</p>
          ) : (
            <ul className="divide-y divide-line rounded-xl border border-line bg-card">
              {other.map((source) => (
                <li key={source.id} className="grid gap-x-4 px-4 py-2 sm:grid-cols-[1fr_1fr]">
                  <span>
                    {source.title} <code className="text-sm text-soft">{source.id}</code>
                  </span>
                  <span className="text-sm text-soft sm:text-end">
                    {authSays[source.auth]}
                    {source.hasSecret === false && ', none set'}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
    </>
  );
}

function everyText({ heardDays, everyDays }: NonNullable<SourceJson['rhythm']>): string {
  if (heardDays < 2) return 'Heard on one day only';
  return everyDays === 1 ? 'Every day' : `Every ${everyDays} days`;
}

function Heard({ source }: { readonly source: SourceJson }) {
  const { pull, lastDay, rhythm, isSilent: silent } = source;
  return (
    <li className="card">
      <div className="mb-2 flex items-start justify-between gap-2">
        <h3 className="font-semibold">{source.title}</h3>
        <Tag tone={silent ? 'wait' : 'good'}>{silent ? 'Silent' : 'Alive'}</Tag>
      </div>
      <dl className="facts text-sm">
        <dt>Last heard</dt>
        <dd>{lastDay === undefined ? 'Never' : `${utcDayText(lastDay)} (UTC day)`}</dd>
        {rhythm !== undefined && (
          <>
            <dt>Expected</dt>
            <dd>
              {everyText(rhythm)}; silent after {rhythm.quietDaysMax} quiet days
            </dd>
          </>
        )}
        {pull?.lastSuccessAt !== undefined && (
          <>
            <dt>Last read whole</dt>
            <dd>{minuteText(pull.lastSuccessAt)}</dd>
          </>
        )}
        <dt>Proves itself</dt>
        <dd>
          {authSays[source.auth]}
          {source.hasSecret === false && ', none set: deliveries are refused'}
        </dd>
      </dl>
      {pull !== undefined && pull.failing.length > 0 && (
        <ul className="mt-2 space-y-1 text-sm">
          {pull.failing.map((one) => (
            <li key={one.part}>
              <code>{one.part}</code>: {one.reason}, {minuteText(one.at)}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
