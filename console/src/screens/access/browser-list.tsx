import type { SessionsJson } from '../../api/shapes.ts';
import { Deed } from '../../parts/deed.tsx';
import { Tag } from '../../parts/states.tsx';
import { minuteText } from '../../parts/text.ts';

type Browser = SessionsJson['items'][number];

/** Browsers that are signed in, each with a way to end it. */
export function BrowserList(given: { readonly items: readonly Browser[]; readonly isNamed?: boolean }) {
  const { items, isNamed = false } = given;
  if (items.length === 0)
    return (
      <p className="text-soft">
        No browser is signed in: whoever reads this shows a token with each request.
      </p>
    );
  const several = new Set(
    items.map(holderId).filter((id, at, all) => id !== undefined && all.indexOf(id) !== at),
  );
  return (
    <ul className="divide-y divide-line border-t border-line">
      {items.map((item, at) => {
        const holder = holderId(item);
        const isFirst = items.findIndex((one) => holderId(one) === holder) === at;
        return (
          <li key={item.id} className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 py-2.5">
            <div className="min-w-0">
              <p className="flex flex-wrap items-baseline gap-2">
                {isNamed && <span className="font-medium">{holderText(item)}</span>}
                {isNamed && <Tag tone="quiet">{item.person === undefined ? 'Token' : 'Person'}</Tag>}
                {item.isThis && <Tag tone="good">This browser</Tag>}
              </p>
              <p className="text-sm text-soft">
                Since {minuteText(item.createdAt)}
                {item.seenAt !== undefined && `, last seen ${minuteText(item.seenAt)}`}, ends by itself{' '}
                {minuteText(item.expiresAt)}
              </p>
            </div>
            <div className="flex flex-wrap gap-2 empty:hidden">
              {!item.isThis && (
                <Deed
                  scope={undefined}
                  text="Sign out"
                  method="DELETE"
                  path={`/v1/sessions/${item.id}`}
                  says="Its next request finds nobody signed in. Whoever it is can sign in again."
                />
              )}
              {isNamed && isFirst && holder !== undefined && several.has(holder) && (
                <Deed
                  scope="admin"
                  text="Sign out all of theirs"
                  method="DELETE"
                  path={`/v1/sessions?of=${holder}`}
                  says={`Every browser of ${holderText(item)} is signed out, except this one of yours.`}
                />
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

const holderId = ({ person, token }: Browser): string | undefined => (person ?? token)?.id;
const holderText = ({ person, token }: Browser): string =>
  person?.name ?? token?.name ?? (person ?? token)?.id ?? 'Somebody';
