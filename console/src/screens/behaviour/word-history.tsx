import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { WordVersionsJson } from '../../api/shapes.ts';
import { wordVersionsQuery } from '../../api/word-queries.ts';
import { Choose } from '../../parts/fields.tsx';
import { Tag, Waiting } from '../../parts/states.tsx';
import { dayText, plain, utcDayText } from '../../parts/text.ts';
import { WordChanges } from './word-changes.tsx';

type Version = WordVersionsJson['items'][number];

/** Which words were said at each moment, since when, how often, and what changed between two of them. */
export function WordHistory({ id }: { readonly id: string }) {
  const versions = useQuery(wordVersionsQuery(id));
  const [language, setLanguage] = useState<string>();
  if (versions.data === undefined)
    return (
      <section className="card">
        <h2 className="mb-2">Versions</h2>
        <Waiting query={versions} />
      </section>
    );
  const { items, isCut } = versions.data;
  const languages = [...new Set(items.map((item) => item.language))];
  const shown = language ?? (languages.includes('en') ? 'en' : (languages[0] ?? ''));
  const ofLanguage = items.filter((item) => item.language === shown);
  const moments = [...new Set(ofLanguage.map(({ moment }) => moment))];
  return (
    <section className="card min-w-0">
      <div className="mb-1 flex flex-wrap items-end justify-between gap-3">
        <h2>Versions</h2>
        {languages.length > 1 && (
          <div className="w-24">
            <Choose
              label="Language"
              value={shown}
              choices={languages.map((one) => [one, one] as const)}
              onSet={setLanguage}
            />
          </div>
        )}
      </div>
      <p className="mb-3 max-w-prose text-sm text-soft">
        Words are kept from the first time that a server loads them. Messages are counted while they are kept,
        where five people or more had one.
      </p>
      {moments.map((moment) => (
        <Moment key={moment} id={id} items={ofLanguage.filter((item) => item.moment === moment)} />
      ))}
      {isCut && <p className="text-sm text-soft">Older versions than these are not listed.</p>}
    </section>
  );
}

function Moment({ id, items }: { readonly id: string; readonly items: readonly Version[] }) {
  const [isOpen, setOpen] = useState(false);
  const moment = items[0]?.moment ?? '';
  const isCounted = items.some(({ sent, written }) => sent !== undefined || written !== undefined);
  const experiments = new Set(items.flatMap((item) => item.experiments.map((one) => one.id))).size;
  return (
    <details className="border-t border-line py-2" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer py-1">
        <span className="font-medium">{plain(moment)}</span>{' '}
        <span className="text-soft">
          {items.length === 1 ? 'one version' : `${items.length} versions`}
          {experiments > 0 && `, ${experiments === 1 ? 'an experiment' : `${experiments} experiments`}`}
        </span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to take the focus */}
      <section className="table-scroll mt-1" tabIndex={0} aria-label={`Versions of ${plain(moment)}`}>
        <table className="w-full min-w-md text-sm wrap-normal tabular-nums">
          <thead>
            <tr className="text-soft">
              {['Version', 'Said', ...(isCounted ? ['Messages'] : []), 'Experiments'].map((title) => (
                <th key={title} scope="col" className="py-1 pe-4 text-start font-normal">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <Row key={`${item.variant} ${item.version} ${item.hash}`} item={item} isCounted={isCounted} />
            ))}
          </tbody>
        </table>
      </section>
      {isOpen && <WordChanges id={id} items={items} />}
    </details>
  );
}

function Row({ item, isCounted }: { readonly item: Version; readonly isCounted: boolean }) {
  return (
    <tr className="border-t border-line align-top">
      <th scope="row" className="py-1.5 pe-4 text-start font-normal whitespace-nowrap">
        <span className="font-medium">{item.version}</span>{' '}
        {item.variant !== 'usual' && <Tag tone="quiet">{item.variant}</Tag>}{' '}
        {item.isCurrent && <Tag tone="good">Now</Tag>}
      </th>
      <td className="py-1.5 pe-4">{whenSaid(item)}</td>
      {isCounted && <td className="py-1.5 pe-4">{howOften(item)}</td>}
      <td className="py-1.5">
        {item.experiments.length === 0
          ? '–'
          : item.experiments.map(({ id, title, arm, state }) => (
              <span key={`${id} ${arm}`} className="block">
                <Link to="/experiments/$id" params={{ id }} className="link">
                  {title}
                </Link>
                , arm {arm}, {plain(state).toLowerCase()}
              </span>
            ))}
      </td>
    </tr>
  );
}

function whenSaid({ hash, loadedAt, replacedAt, isCurrent }: Version): string {
  if (hash === undefined) return 'Before words were kept';
  const since = loadedAt === undefined ? 'Since this server started' : `Since ${dayText(loadedAt)}`;
  if (isCurrent) return since;
  if (replacedAt !== undefined) return `${since}, until ${dayText(replacedAt)}`;
  return `${since}, not by this server`;
}

function howOften({ sent, written }: Version): string {
  const said = [
    ...(sent?.kind === 'counted' ? [`${countText(sent)}`] : []),
    ...(written?.kind === 'counted' ? [`${countText(written)} in shadow`] : []),
  ];
  return said.length === 0 ? 'Fewer than five people' : said.join('; ');
}

function countText({ messages, from, to }: { messages: number; from: string; to: string }): string {
  const days = from === to ? utcDayText(from) : `${utcDayText(from)} to ${utcDayText(to)}`;
  return `${messages.toLocaleString()}, ${days}`;
}
