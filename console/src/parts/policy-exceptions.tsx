import { useQuery } from '@tanstack/react-query';
import { exceptionsQuery } from '../api/policy-queries.ts';
import type { ExceptionJson } from '../api/shapes.ts';
import { Deed } from './deed.tsx';
import { Tag } from './states.tsx';
import { minutesText, minuteText, plain } from './text.ts';

/** Exceptions that wait or run. The one who asked never decides. */
export function Exceptions() {
  const exceptions = useQuery(exceptionsQuery);
  const items = (exceptions.data?.items ?? []).filter(
    ({ state }) => state === 'asked' || state === 'approved',
  );
  if (items.length === 0) return undefined;
  return (
    <section className="card">
      <h2 className="mb-2">Exceptions</h2>
      <ul className="divide-y divide-line">
        {items.map((one) => (
          <li key={one.id} className="py-2">
            <ExceptionLine exception={one} />
          </li>
        ))}
      </ul>
    </section>
  );
}

export function ExceptionLine({ exception }: { readonly exception: ExceptionJson }) {
  const { id, state, rule, subject, action, resource, reason, askedBy, askedAt, minutes, until, uses } =
    exception;
  const path = `/v1/policy/exceptions/${id}`;
  return (
    <>
      <p>
        {subject.id}: {plain(action.replaceAll('_', '-')).toLowerCase()} {resource.id}{' '}
        <Tag tone={state === 'asked' ? 'wait' : 'work'}>{state === 'asked' ? 'Waits' : 'Runs'}</Tag>
      </p>
      <p className="mb-2 text-sm text-soft">
        {reason} · {askedBy}, {minuteText(askedAt)} · rule <code>{rule}</code> ·{' '}
        {until === undefined ? `for ${minutesText(minutes)}` : `until ${minuteText(until)}`}
        {uses > 0 && ` · let ${uses.toLocaleString()} through`}
      </p>
      <span className="flex flex-wrap gap-2">
        {state === 'asked' ? (
          <>
            <Deed
              scope="policy:approve"
              text="Approve"
              path={path}
              json={{ decision: 'approve' }}
              says={`From now on for ${minutesText(minutes)} this rule does not stop it. It ends by itself.`}
              isFirst
            />
            <Deed scope="policy:approve" text="Refuse" path={path} json={{ decision: 'refuse' }} />
          </>
        ) : (
          <Deed
            scope="policy:approve"
            text="End it"
            method="DELETE"
            path={path}
            says="The rule counts again at once."
          />
        )}
      </span>
    </>
  );
}
