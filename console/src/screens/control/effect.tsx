import { Link } from '@tanstack/react-router';
import type { ControlStoryJson } from '../../api/shapes.ts';
import { between, numberText } from '../../charts/figure-text.ts';
import { FunnelChart } from '../../charts/funnel-chart.tsx';
import { IntervalChart } from '../../charts/interval-chart.tsx';
import { dayText, plain } from '../../parts/text.ts';

const gapSays: Readonly<Record<string, string>> = {
  'nothing-to-write': 'nothing can be written',
  'not-evaluated': 'the control cannot be tried on what was recorded',
  'failures-without-facts': 'some failures do not tell what it takes',
  'no-sample': 'no good actions were kept',
  'sample-without-facts': 'the good actions that were kept do not tell what it takes',
  'policy-unsound': 'the policy could not be read',
};

/** How it would have done on what is kept. */
export function BackTest({ backTest }: { readonly backTest: ControlStoryJson['backTest'] }) {
  const { failures, good, gaps, from, to } = backTest;
  if (failures === undefined)
    return (
      <section className="card">
        <h2>How it would have done</h2>
        <p className="text-soft">The group is small: how many cases there are is for who may read them.</p>
      </section>
    );
  const step = (id: string, label: string, x: number) => ({
    id,
    label,
    x,
    n: failures.of,
    ...(failures.of === 0 ? {} : { value: x / failures.of }),
  });
  const stopped =
    good.stopped === undefined
      ? 'How many good actions it would have stopped is not known.'
      : `It would have stopped about ${numberText(good.stopped.value)} (95 %: ${
          between({ lower: good.stopped.low, upper: good.stopped.high }, numberText) ?? ''
        }) of ${numberText(good.total)} good actions, estimated from ${good.sampled.toLocaleString()}.`;
  return (
    <FunnelChart
      title="How it would have done"
      n={`${failures.of.toLocaleString()} failures, ${dayText(from)} to ${dayText(to)}`}
      says={`${stopped}${gaps.length === 0 ? '' : ` Gaps: ${gaps.map((gap) => gapSays[gap] ?? plain(gap)).join('; ')}.`}`}
      steps={[
        step('caught', 'Caught', failures.caught),
        step('missed', 'Missed', failures.missed),
        step('not-known', 'Not known', failures.notKnown),
      ]}
    />
  );
}

const changeSays = {
  less: 'It happens less, by more than what would have come by itself.',
  more: 'It happens more.',
  'too-early': 'It is too early to tell.',
} as const;
const nothingSays = {
  'few-days': 'Fewer than seven days have passed since.',
  'few-failures': 'Fewer than three failures: nothing can be said.',
  'few-people': 'The group is too small to be shown, or would give a small one away.',
} as const;

/** What an experiment found that was registered for it: nothing else is called an effect. */
export function Effect({ effect }: { readonly effect: NonNullable<ControlStoryJson['effect']> }) {
  const { experiment, readout, title } = effect;
  return (
    <section className="card">
      <h2>Its effect</h2>
      {'hidden' in readout ? (
        <p className="text-soft">The experiment that measures it shows no figures yet.</p>
      ) : (
        readout.comparisons.map(({ arm, sentence }) => <p key={arm}>{sentence}</p>)
      )}
      <p>
        <Link to="/experiments/$id" params={{ id: experiment }} className="link">
          {title}
        </Link>
      </p>
    </section>
  );
}

/** What was counted since it is in force, beside what would have come anyway. */
export function BeforeAfter({ change }: { readonly change: NonNullable<ControlStoryJson['beforeAfter']> }) {
  if (change.kind === 'not-enough-data')
    return (
      <section className="card">
        <h2>Before and since</h2>
        <p className="text-soft">{nothingSays[change.reason]}</p>
      </section>
    );
  const { before, after, ratio, expected, per, units, verdict } = change;
  return (
    <IntervalChart
      title="Before and since"
      n={`${before.failures.toLocaleString()} failures before, ${after.failures.toLocaleString()} since, for each ${per === 'day' ? 'day' : 'chance'}`}
      valueName="Ratio"
      textOf={numberText}
      mark={1}
      says={`${changeSays[verdict]} After much there comes less by itself: the ratio alone is no effect, what would have come anyway stands under it.`}
      rows={[
        {
          id: 'ratio',
          label: 'Since over before',
          n: units,
          value: ratio.value,
          lower: ratio.low,
          upper: ratio.high,
        },
        {
          id: 'expected',
          label: 'With nothing done',
          n: units,
          value: expected,
          lower: expected,
          upper: expected,
          missing: 'Not known.',
        },
      ]}
    />
  );
}
