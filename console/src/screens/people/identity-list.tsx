import { Link } from '@tanstack/react-router';
import type { IdentityJson } from '../../api/shapes.ts';
import { answersText, StandingTag } from '../../parts/identity-parts.tsx';
import { OutsideText } from '../../parts/outside-text.tsx';
import { dayText, plain } from '../../parts/text.ts';

/** Identities in a list; with `onPick` each may be chosen. */
export function IdentityList(given: {
  readonly items: readonly IdentityJson[];
  readonly picked?: ReadonlySet<string>;
  readonly onPick?: (ids: readonly string[], isPicked: boolean) => void;
}) {
  const { items, picked, onPick } = given;
  return (
    <ul className="overflow-hidden rounded-xl border border-line bg-card" aria-label="Identities">
      {items.map((one) => (
        <li key={one.id} className="flex border-t border-line first:border-t-0">
          {onPick !== undefined && (
            <label className="flex items-start ps-4 pt-4">
              <span className="sr-only">
                Choose <OutsideText text={one.name} />
              </span>
              <input
                type="checkbox"
                className="size-6 shrink-0 accent-[var(--accent)]"
                checked={picked?.has(one.id) === true}
                onChange={(event) => onPick([one.id], event.target.checked)}
              />
            </label>
          )}
          <Link
            to="/identities/$id"
            params={{ id: one.id }}
            data-row
            className="grid min-w-0 flex-1 gap-x-4 gap-y-1 px-4 py-3 -outline-offset-4 hover:bg-tint sm:grid-cols-[1fr_max-content]"
          >
            <span className="min-w-0">
              <span className="font-medium">
                <OutsideText text={one.name} />
              </span>
              <span className="block text-sm text-soft">
                {plain(one.type)}
                {one.provider !== undefined && (
                  <>
                    {' '}
                    · <OutsideText text={one.provider} />
                  </>
                )}
                {one.lastSeenAt === undefined ? ' · in no loop' : ` · seen ${dayText(one.lastSeenAt)}`}
              </span>
            </span>
            <span className="text-sm sm:text-end">
              <StandingTag standing={one.standing} />
              <span className="mt-1 block text-soft">{answersText(one)}</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
