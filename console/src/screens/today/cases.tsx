import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { loopsQuery, meQuery } from '../../api/queries.ts';
import type { CountsJson, LoopJson } from '../../api/shapes.ts';
import { Deed } from '../../parts/deed.tsx';
import { may } from '../../parts/may.ts';
import { Waiting } from '../../parts/states.tsx';
import { useTitles } from '../../parts/titles.ts';
import type { LoopSearch } from '../../router.tsx';
import { CaseLine, Section, ShortList, shownMax } from './section.tsx';

/** Cases that are found by one filter, and where all of them stand. */
export function LoopsThat(given: {
  readonly are: Pick<LoopSearch, 'state' | 'needs'>;
  readonly n: number;
  readonly title: string;
  readonly line?: (loop: LoopJson) => ReactNode;
  readonly children: ReactNode;
}) {
  const { are, n, title, line = (loop) => <CaseLine loop={loop} />, children } = given;
  const loops = useQuery({ ...loopsQuery({ ...are, limit: shownMax }), enabled: n > 0 });
  if (n === 0) return undefined;
  if (loops.data === undefined) return <Waiting query={loops} />;
  return (
    <ShortList
      title={title}
      n={n}
      says={children}
      items={loops.data.items}
      line={line}
      all={(text) => (
        <Link to="/loops" search={are} className="link">
          {text}
        </Link>
      )}
    />
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
