import { Link } from '@tanstack/react-router';
import type { FiguresJson } from '../api/shapes.ts';
import {
  between,
  hoursText,
  inThousand,
  numberText,
  perThousand,
  reasonText,
  shareText,
} from '../charts/figure-text.ts';

type Key = {
  readonly title: string;
  readonly value: string | undefined;
  readonly interval?: string | undefined;
  readonly n: string;
};

/** The figures that one asks for first, each with its n and interval. */
export function KeyFigures({ figures, people }: { readonly figures: FiguresJson; readonly people: number }) {
  const { rate, recurrence, times, messagesPerFix, minutesPerFix, ownerReach, reroutes } = figures;
  const known = (kind: string, value: number | undefined, text: (value: number) => string) =>
    kind === 'not-enough-data' || value === undefined ? undefined : text(value);
  const keys: readonly Key[] = [
    {
      title: 'For each chance to fail',
      value: known(rate.kind, rate.value, perThousand),
      interval: between(rate, inThousand),
      n:
        rate.kind === 'rate'
          ? `${rate.failures.toLocaleString()} of ${numberText(rate.opportunities)}`
          : `${reasonText(rate.reason)} ${rate.failures.toLocaleString()} failures`,
    },
    {
      title: 'Comes back in 90 days',
      value: known(recurrence.kind, recurrence.value, shareText),
      interval: between(recurrence, shareText),
      n: `${recurrence.kind === 'risk' ? '' : `${reasonText(recurrence.reason)} `}n ${recurrence.n.toLocaleString()}`,
    },
    {
      title: 'Half are proven fixed in',
      value: known(times.fix.kind, times.fix.median, hoursText),
      interval: between(times.fix, hoursText),
      n: `n ${times.fix.n.toLocaleString()}`,
    },
    {
      title: 'Messages for each fix',
      value: known(messagesPerFix.kind, messagesPerFix.value, numberText),
      interval: between(messagesPerFix, numberText),
      n: `${numberText(messagesPerFix.spent)} for ${messagesPerFix.fixes.toLocaleString()}`,
    },
    {
      title: 'Reached their owner',
      value: known(ownerReach.kind, ownerReach.value, shareText),
      interval: between(ownerReach, shareText),
      n: `${ownerReach.x.toLocaleString()} of ${ownerReach.n.toLocaleString()}`,
    },
    {
      title: 'Operators’ minutes for each fix',
      value: known(minutesPerFix.kind, minutesPerFix.value, numberText),
      n: `${minutesPerFix.decisions.toLocaleString()} ${minutesPerFix.decisions === 1 ? 'decision' : 'decisions'} at ${numberText(minutesPerFix.minutesPerDecision)} minutes: an assumption`,
    },
  ];
  return (
    <section className="card" aria-label="First figures">
      <dl className="grid gap-x-6 gap-y-4 sm:grid-cols-2 xl:grid-cols-3">
        {keys.map(({ title, value, interval, n }) => (
          <div key={title}>
            <dt className="text-sm text-soft">{title}</dt>
            <dd className="tabular-nums">
              <span className="text-xl font-semibold">{value ?? '–'}</span>
              <span className="block text-sm text-soft">
                {value !== undefined && interval !== undefined && `95 %: ${interval} · `}
                {n}
              </span>
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-sm text-soft">
        {figures.loops.toLocaleString()} cases among {people.toLocaleString()} people.{' '}
        {reroutes.n.toLocaleString()} of {reroutes.of.toLocaleString()} went to somebody else first.
      </p>
    </section>
  );
}

/** Before and after, with what would have happened anyway: the trap is explained where one would step into it. */
export function NoEffect({ change }: { readonly change: FiguresJson['change'] }) {
  return (
    <section className="card">
      <h2>Before and after</h2>
      {change.before === undefined || change.after === undefined ? (
        <p className="text-sm text-soft">Not enough data yet. n {change.affected.toLocaleString()}</p>
      ) : (
        <dl className="facts my-2">
          <dt>The 90 days before</dt>
          <dd className="tabular-nums">{change.before.toFixed(2)} each</dd>
          <dt>The 90 days since</dt>
          <dd className="tabular-nums">{change.after.toFixed(2)} each</dd>
          <dt>With nothing done</dt>
          <dd className="tabular-nums">
            {change.expectedAfter === undefined ? 'not known' : `${change.expectedAfter.toFixed(2)} each`}{' '}
            <span className="text-sm text-soft">
              n {change.affected.toLocaleString()} of {change.units.toLocaleString()}
            </span>
          </dd>
        </dl>
      )}
      <p className="max-w-prose text-sm text-soft">
        This is no effect. People are counted here because something happened to them; after a bad month comes
        a better one, whatever is said to them. That is called regression to the mean. What would have
        happened anyway stands beside it. To learn what words do,{' '}
        <Link to="/experiments" className="link">
          let chance decide who gets them
        </Link>
        .
      </p>
    </section>
  );
}
