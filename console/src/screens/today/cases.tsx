import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { loopsQuery, meQuery } from '../../api/queries.ts';
import type { CountsJson } from '../../api/shapes.ts';
import { Deed } from '../../parts/deed.tsx';
import { may } from '../../parts/may.ts';
import { Waiting } from '../../parts/states.tsx';
import { useTitles } from '../../parts/titles.ts';
import { Rows, Section, shownMax } from './section.tsx';

export function LoopsInState(given: {
  readonly state: 'incident' | 'disputed' | 'triage' | 'escalated';
  readonly n: number;
  readonly title: string;
  readonly children: ReactNode;
}) {
  const { state, n, title, children } = given;
  const loops = useQuery({ ...loopsQuery({ state, limit: shownMax }), enabled: n > 0 });
  if (n === 0) return undefined;
  return (
    <Section title={title} n={n} says={children}>
      {loops.data === undefined ? <Waiting query={loops} /> : <Rows items={loops.data.items} />}
      {n > shownMax && (
        <Link to="/loops" search={{ state }} className="link">
          Show all {n.toLocaleString()}
        </Link>
      )}
    </Section>
  );
}

const endedStates: ReadonlySet<string> = new Set(['backlog', 'verified', 'held', 'dismissed', 'accepted']);

/** Those that run and of which nobody is known: the duty role was asked. */
export function UnknownOwners() {
  const loops = useQuery(loopsQuery({ ownerKind: 'unknown', limit: 100 }));
  const running = (loops.data?.items ?? []).filter(
    ({ state }) => !endedStates.has(state) && state !== 'triage',
  );
  if (running.length === 0) return undefined;
  return (
    <Section
      title="Unknown owners"
      n={running.length}
      says="Nothing says whose they are: the duty role was asked, and its answer names the owner."
    >
      <Rows items={running.slice(0, shownMax)} />
      {running.length > shownMax && (
        <Link to="/loops" search={{ ownerKind: 'unknown' }} className="link">
          Show all
        </Link>
      )}
    </Section>
  );
}

export function Backlog({ counts }: { readonly counts: CountsJson['items'] }) {
  const me = useQuery(meQuery);
  const titleOf = useTitles();
  const waiting = counts.filter(({ state }) => state === 'backlog');
  const n = waiting.reduce((sum, item) => sum + item.n, 0);
  if (n === 0) return undefined;
  return (
    <Section
      title="History to release"
      n={n}
      says="Found in imports, or old when it came. Nobody is told before you release it; then each owner gets one digest, within their daily budget."
    >
      <ul className="divide-y divide-line">
        {waiting.map((item) => (
          <li key={item.behaviour} className="flex flex-wrap items-center justify-between gap-2 py-2">
            <Link to="/loops" search={{ state: 'backlog', behaviour: item.behaviour }} className="link">
              {titleOf(item.behaviour)}: {item.n.toLocaleString()}
            </Link>
            {may(me.data, 'loops:write') && (
              <Deed
                scope="loops:write"
                text="Release"
                sure={`Release all ${item.n.toLocaleString()}`}
                path="/v1/loops/release"
                json={{ behaviour: item.behaviour }}
                says={`Owners of ${item.n.toLocaleString()} cases are told, one digest each, as their budget allows.`}
              />
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
