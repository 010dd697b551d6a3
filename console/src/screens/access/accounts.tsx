import { useQuery } from '@tanstack/react-query';
import { accountsQuery } from '../../api/access-queries.ts';
import type { AccountsJson } from '../../api/shapes.ts';
import { Deed } from '../../parts/deed.tsx';
import { Tag, Waiting } from '../../parts/states.tsx';
import { dayText, minuteText } from '../../parts/text.ts';
import { teamsText } from './access-text.ts';

type Account = AccountsJson['items'][number];

/** People who sign in: local accounts, and whoever came by single sign-on. */
export function Accounts() {
  const accounts = useQuery(accountsQuery);
  return (
    <section className="card min-w-0">
      <h2 className="mb-1">People</h2>
      <p className="mb-3 max-w-prose text-sm text-soft">
        Local accounts are made with <code>foldback admin create</code>; who comes by single sign-on has the
        roles that its groups give.
      </p>
      {accounts.data === undefined ? (
        <Waiting query={accounts} />
      ) : accounts.data.items.length === 0 ? (
        <p className="text-soft">Nobody has an account: everybody here comes with a token.</p>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {accounts.data.items.map((item) => (
            <Row key={item.id} item={item} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ item }: { readonly item: Account }) {
  const { id, name, login, issuer, roles, teams, disabledAt, expiresAt, hasSecondFactor } = item;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 py-2.5">
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-2">
          <span className="font-medium">{name}</span>
          {disabledAt !== undefined && <Tag tone="quiet">Disabled</Tag>}
          {hasSecondFactor && <Tag tone="good">Second factor</Tag>}
        </p>
        <p className="text-sm">
          {roles.length === 0 ? 'No role' : roles.join(', ')}, {teamsText(teams)}
        </p>
        <p className="text-sm text-soft">
          {login === undefined ? `By single sign-on at ${issuer ?? 'a provider'}` : `Local, as ${login}`}
          {item.signedInAt === undefined
            ? ', never signed in'
            : `, last signed in ${minuteText(item.signedInAt)}`}
          {disabledAt !== undefined && `, disabled ${dayText(disabledAt)}`}
          {expiresAt !== undefined && disabledAt === undefined && `, ends ${minuteText(expiresAt)}`}
        </p>
      </div>
      {disabledAt === undefined && (
        <div className="flex flex-wrap gap-2">
          {hasSecondFactor && (
            <Deed
              scope="admin"
              text="Take the second factor away"
              method="DELETE"
              path={`/v1/accounts/${id}/factor`}
              says="For whoever lost it. Their browsers are signed out; they set another one up at the next sign-in."
            />
          )}
          <Deed
            scope="admin"
            text="Disable"
            method="DELETE"
            path={`/v1/accounts/${id}`}
            says={`${name} is signed out everywhere, and cannot sign in again.`}
          />
        </div>
      )}
    </li>
  );
}
