import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { loopsQuery, meQuery } from '../../api/queries.ts';
import { may } from '../../parts/may.ts';
import { PageLinks } from '../../parts/page-links.tsx';
import { Empty, Title, Waiting } from '../../parts/states.tsx';
import type { LoopSearch } from '../../router.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { Filters } from './filters.tsx';
import { LoopList } from './loop-list.tsx';

/** All loops by filter. The filter is the address; `j`, `k`, `x` and Enter go through the list. */
export function Loops() {
  const search = useSearch({ from: '/frame/loops' });
  const { after: _after, ...first } = search;
  const loops = useQuery(loopsQuery({ ...search, limit: 50 }));
  const me = useQuery(meQuery);
  const isWriter = may(me.data, 'loops:write');
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const pick = (ids: readonly string[], isPicked: boolean) =>
    setPicked(
      (before) => new Set(isPicked ? [...before, ...ids] : [...before].filter((id) => !ids.includes(id))),
    );
  const items = loops.data?.items ?? [];
  const isFiltered = Object.keys(search).length > 0;
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <Title text="Loops">
          One loop is one case, from the first failure until it held. Go through the list with <kbd>j</kbd>{' '}
          and <kbd>k</kbd>
          {isWriter && (
            <>
              , choose with <kbd>x</kbd>
            </>
          )}
          .
        </Title>
        {isWriter && (
          <Link to="/loops/new" className="button mb-5">
            Report by hand
          </Link>
        )}
      </div>
      <Filters search={search} />
      {loops.data === undefined ? (
        <Waiting query={loops} />
      ) : items.length === 0 ? (
        <NoLoops isFiltered={isFiltered} needs={search.needs} />
      ) : (
        <>
          {isWriter && (
            <BulkBar
              items={items}
              picked={items.filter(({ id }) => picked.has(id))}
              onPick={pick}
              me={me.data}
            />
          )}
          <LoopList items={items} picked={picked} {...(isWriter ? { onPick: pick } : {})} />
          <PageLinks
            after={search.after}
            next={loops.data.next}
            link={(text, after) => (
              <Link
                to="/loops"
                search={{ ...first, ...(after === undefined ? {} : { after }) }}
                className="button"
              >
                {text}
              </Link>
            )}
          />
        </>
      )}
    </>
  );
}

const needSays: Readonly<Record<NonNullable<LoopSearch['needs']>, string>> = {
  danger:
    'What is urgent and can still do harm stands here and on Today from its first word until somebody answers.',
  risk: 'Recipients may ask to live with a risk until a date. Who asks stands here and on Today until a second person agrees or refuses.',
  help: 'Recipients may answer that they need help. They stand here and on Today until somebody says that they were helped, or they answer anew.',
  owner:
    'Where nothing says whose a case is, the duty role is asked, and the case stands here until somebody owns it.',
};

function NoLoops(given: { readonly isFiltered: boolean; readonly needs: LoopSearch['needs'] }) {
  const { isFiltered, needs } = given;
  if (isFiltered)
    return (
      <Empty title="No loop is like this">
        {needs !== undefined && <p>{needSays[needs]}</p>}
        <Link to="/loops" search={{}} className="link">
          Show all loops
        </Link>
      </Empty>
    );
  return (
    <Empty title="There are no loops yet">
      <p>
        A loop opens when a source reports a failure, or when a person reports one by hand. Bring a report in
        with <code>foldback import report.json</code>, or{' '}
        <Link to="/" className="link">
          drop it on Today
        </Link>
        .
      </p>
    </Empty>
  );
}
