import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { behavioursQuery, loopsQuery } from '../api/queries.ts';
import type { LoopJson } from '../api/shapes.ts';
import { SoughtText } from '../parts/fields.tsx';
import { Empty, StateTag, Title, Waiting } from '../parts/states.tsx';
import { dayText, ownerText, percent, plain, stateNames, stateSays, whereText } from '../parts/text.ts';
import type { LoopSearch } from '../router.tsx';

/** All loops by filter. The filter is the address; `j`, `k` and Enter go through the list. */
export function Loops() {
  const search = useSearch({ from: '/frame/loops' });
  const loops = useQuery(loopsQuery({ ...search, limit: 50 }));
  const isFiltered = Object.keys(search).length > 0;
  return (
    <>
      <Title text="Loops">
        One loop is one case, from the first failure until it held. Go through the list with <kbd>j</kbd> and{' '}
        <kbd>k</kbd>.
      </Title>
      <Filters search={search} />
      {loops.data === undefined ? (
        <Waiting query={loops} />
      ) : loops.data.items.length === 0 ? (
        <Empty title={isFiltered ? 'No loop is like this' : 'There are no loops yet'}>
          {isFiltered ? (
            <Link to="/loops" search={{}} className="link">
              Show all loops
            </Link>
          ) : (
            <p>
              A loop opens when a source reports a failure. Bring a report in with{' '}
              <code>foldback import report.json</code>.
            </p>
          )}
        </Empty>
      ) : (
        <>
          <LoopList items={loops.data.items} />
          <Pages search={search} next={loops.data.next} />
        </>
      )}
    </>
  );
}

function Filters({ search }: { readonly search: LoopSearch }) {
  const navigate = useNavigate({ from: '/loops' });
  const behaviours = useQuery(behavioursQuery);
  const set = (name: keyof LoopSearch, value: string) => {
    // A new filter begins at its first page.
    const { after: _, [name]: __, ...rest } = search;
    void navigate({ to: '/loops', search: { ...rest, ...(value === '' ? {} : { [name]: value }) } });
  };
  return (
    <search className="mb-4 grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
      <label>
        <span className="mb-1 block text-sm text-soft">State</span>
        <select
          className="field"
          value={search.state ?? ''}
          onChange={(event) => set('state', event.target.value)}
        >
          <option value="">All states</option>
          {stateNames.map((state) => (
            <option key={state} value={state}>
              {plain(state)}: {stateSays[state]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="mb-1 block text-sm text-soft">Behaviour</span>
        <select
          className="field"
          value={search.behaviour ?? ''}
          onChange={(event) => set('behaviour', event.target.value)}
        >
          <option value="">All behaviours</option>
          {(behaviours.data?.items ?? []).map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="mb-1 block text-sm text-soft">Owner</span>
        <select
          className="field"
          value={search.ownerKind ?? ''}
          onChange={(event) => set('ownerKind', event.target.value)}
        >
          <option value="">Anybody</option>
          <option value="person">A person</option>
          <option value="team">A team</option>
          <option value="unknown">Nobody known</option>
        </select>
      </label>
      <SoughtText
        label="Repository"
        placeholder="acme/shop"
        value={search.repository ?? ''}
        onSet={(value) => set('repository', value)}
      />
    </search>
  );
}

function LoopList({ items }: { readonly items: readonly LoopJson[] }) {
  const list = useRef<HTMLUListElement>(null);
  const behaviours = useQuery(behavioursQuery);
  const titleOf = (id: string) => behaviours.data?.items.find((item) => item.id === id)?.title ?? plain(id);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLElement && event.target.closest('input,select,textarea,[role=dialog]'))
        return;
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      if (step === 0) return;
      const links = [...(list.current?.querySelectorAll<HTMLElement>('a[data-row]') ?? [])];
      const at = links.findIndex((link) => link.matches(':focus'));
      links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <ul ref={list} className="overflow-hidden rounded-xl border border-line bg-card" aria-label="Loops">
      {items.map((loop) => (
        <li key={loop.id} className="border-t border-line first:border-t-0">
          <Link
            to="/loops/$id"
            params={{ id: loop.id }}
            data-row
            className="grid gap-x-4 gap-y-1 px-4 py-3 -outline-offset-4 hover:bg-tint sm:grid-cols-[1fr_max-content]"
          >
            <span className="min-w-0">
              <span className="font-medium">{titleOf(loop.behaviour)}</span>{' '}
              <span className="text-soft">{loop.caseCode}</span>
              {loop.relapseNumber > 0 && <span className="text-soft"> · again, {loop.relapseNumber}×</span>}
              <span className="block text-sm text-soft">
                {[whereText(loop.where), loop.secret?.mask]
                  .filter((text) => text !== undefined && text !== '')
                  .join(' · ')}
              </span>
            </span>
            <span className="text-sm sm:text-end">
              <StateTag state={loop.state} />
              <span className="mt-1 block text-soft">
                {ownerText(loop.owner)}
                {loop.owner.kind !== 'unknown' && `, ${percent(loop.owner.confidence)}`} ·{' '}
                {dayText(loop.lastOccurredAt)}
              </span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Pages({ search, next }: { readonly search: LoopSearch; readonly next: string | undefined }) {
  const router = useRouter();
  const { after, ...first } = search;
  if (after === undefined && next === undefined) return undefined;
  return (
    <nav aria-label="Pages" className="mt-4 flex flex-wrap gap-3">
      {after !== undefined && (
        <>
          <button type="button" className="button" onClick={() => router.history.back()}>
            Back
          </button>
          <Link to="/loops" search={first} className="button">
            First page
          </Link>
        </>
      )}
      {next !== undefined && (
        <Link to="/loops" search={{ ...first, after: next }} className="button">
          Next page
        </Link>
      )}
    </nav>
  );
}
