import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { identitiesQuery } from '../../api/people-queries.ts';
import { coverageQuery, meQuery } from '../../api/queries.ts';
import { may } from '../../parts/may.ts';
import { PageLinks } from '../../parts/page-links.tsx';
import { Empty, Title, Waiting } from '../../parts/states.tsx';
import { HandOverBar } from './hand-over-bar.tsx';
import { IdentityFilters } from './identity-filters.tsx';
import { IdentityList } from './identity-list.tsx';

/** Accounts and credentials by filter; the filter is the address. */
export function Identities() {
  const search = useSearch({ from: '/frame/identities' });
  const { after: _after, ...first } = search;
  const identities = useQuery(identitiesQuery({ ...search, limit: 50 }));
  const coverage = useQuery(coverageQuery);
  const me = useQuery(meQuery);
  const isWriter = may(me.data, 'owners:write');
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const pick = (ids: readonly string[], isPicked: boolean) =>
    setPicked(
      (before) => new Set(isPicked ? [...before, ...ids] : [...before].filter((id) => !ids.includes(id))),
    );
  const items = identities.data?.items ?? [];
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/owners" className="link">
          People and identities
        </Link>
      </p>
      <Title text="Identities">
        Accounts, keys, applications and agents, the latest seen first. For each it is said who answers for
        it.
      </Title>
      <IdentityFilters search={search} coverage={coverage.data} />
      {isWriter && (
        <HandOverBar items={items} picked={items.filter(({ id }) => picked.has(id))} onPick={pick} />
      )}
      {identities.data === undefined ? (
        <Waiting query={identities} />
      ) : items.length === 0 ? (
        <NoIdentities isFiltered={Object.keys(search).length > 0} />
      ) : (
        <>
          <IdentityList items={items} picked={picked} {...(isWriter ? { onPick: pick } : {})} />
          <PageLinks
            after={search.after}
            next={identities.data.next}
            link={(text, after) => (
              <Link
                to="/identities"
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

function NoIdentities({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered)
    return (
      <Empty title="No identity is like this">
        <Link to="/identities" search={{}} className="link">
          Show all identities
        </Link>
      </Empty>
    );
  return (
    <Empty title="No account or credential is known yet">
      <p>
        They come with what sources report, and with directories that list them: exports of Okta and Microsoft
        Entra, a Backstage catalogue, owner labels of cloud resources. Name the files under{' '}
        <code>owners</code> in the settings.
      </p>
    </Empty>
  );
}
