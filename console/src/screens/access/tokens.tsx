import { useQuery } from '@tanstack/react-query';
import { tokensQuery } from '../../api/access-queries.ts';
import type { TokensJson } from '../../api/shapes.ts';
import { Deed } from '../../parts/deed.tsx';
import { Tag, Waiting } from '../../parts/states.tsx';
import { dayText, minuteText } from '../../parts/text.ts';
import { teamsText } from './access-text.ts';

type Token = TokensJson['items'][number];

/** What programs come with. Those that work come first; what ended is folded away. */
export function Tokens() {
  const tokens = useQuery(tokensQuery);
  if (tokens.data === undefined)
    return (
      <section className="card">
        <h2 className="mb-2">Tokens</h2>
        <Waiting query={tokens} />
      </section>
    );
  const { items } = tokens.data;
  const isOver = ({ revokedAt, expiresAt }: Token) =>
    revokedAt !== undefined || Date.parse(expiresAt) <= Date.now();
  const [live, over] = [items.filter((item) => !isOver(item)), items.filter(isOver)];
  return (
    <section className="card min-w-0">
      <h2 className="mb-1">Tokens</h2>
      <p className="mb-3 max-w-prose text-sm text-soft">
        Made with <code>foldback admin token</code>. Only their hashes are kept.
      </p>
      {live.length === 0 ? (
        <p className="text-soft">No token works now.</p>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {live.map((item) => (
            <Row key={item.id} item={item} isLive />
          ))}
        </ul>
      )}
      {over.length > 0 && (
        <details className="mt-2 border-t border-line pt-2">
          <summary className="cursor-pointer py-1 text-sm text-soft">
            {over.length === 1 ? 'One that works no more' : `${over.length} that work no more`}
          </summary>
          <ul className="divide-y divide-line">
            {over.map((item) => (
              <Row key={item.id} item={item} isLive={false} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Row({ item, isLive }: { readonly item: Token; readonly isLive: boolean }) {
  const { id, name, scopes, teams, createdAt, expiresAt, lastUsedAt, revokedAt } = item;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 py-2.5">
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-2">
          <span className="font-medium">{name}</span>
          {scopes.includes('admin') && <Tag tone="wait">Everything</Tag>}
        </p>
        <p className="text-sm">
          {scopes.join(', ')}; {teamsText(teams)}
        </p>
        <p className="text-sm text-soft">
          Since {dayText(createdAt)},{' '}
          {lastUsedAt === undefined ? 'never used' : `last used ${minuteText(lastUsedAt)}`},{' '}
          {revokedAt === undefined
            ? `${isLive ? 'ends' : 'ended'} ${dayText(expiresAt)}`
            : `revoked ${minuteText(revokedAt)}`}
        </p>
      </div>
      {isLive && (
        <Deed
          scope="admin"
          text="Revoke"
          method="DELETE"
          path={`/v1/tokens/${id}`}
          says="Whatever uses it is refused from the next request on, and so is every browser that signed in with it."
        />
      )}
    </li>
  );
}
