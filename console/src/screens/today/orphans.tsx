import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { identitiesQuery } from '../../api/people-queries.ts';
import { meQuery } from '../../api/queries.ts';
import { may } from '../../parts/may.ts';
import { OutsideText } from '../../parts/outside-text.tsx';
import { plain } from '../../parts/text.ts';
import { ShortList, shownMax } from './section.tsx';

/** Accounts and credentials that nobody answers for. One more than is shown says that there are more. */
export function Orphans() {
  const me = useQuery(meQuery);
  const orphans = useQuery({
    ...identitiesQuery({ standing: 'orphaned', limit: shownMax + 1 }),
    enabled: may(me.data, 'owners:read'),
  });
  const items = orphans.data?.items ?? [];
  return (
    <ShortList
      title="Orphaned"
      {...(items.length > shownMax ? { n: `${shownMax}+` } : {})}
      says="Accounts and credentials of which nobody is named, or whoever was has left. Say who owns them."
      items={items}
      line={(one) => (
        <>
          <Link to="/identities/$id" params={{ id: one.id }} className="link font-medium">
            <OutsideText text={one.name} />
          </Link>{' '}
          <span className="text-soft">{plain(one.type)}</span>
        </>
      )}
      all={() => (
        <Link to="/identities" search={{ standing: 'orphaned' }} className="link">
          Show all
        </Link>
      )}
    />
  );
}
