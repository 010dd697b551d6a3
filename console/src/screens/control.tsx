import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { controlQuery } from '../api/control-queries.ts';
import type { ControlStoryJson } from '../api/shapes.ts';
import { between, numberText } from '../charts/figure-text.ts';
import { FunnelChart } from '../charts/funnel-chart.tsx';
import { IntervalChart } from '../charts/interval-chart.tsx';
import { controlTones, needSays, scopeText } from '../parts/control-parts.tsx';
import { Deed } from '../parts/deed.tsx';
import { Tag, Title, Waiting } from '../parts/states.tsx';
import { dayText, minuteText, plain } from '../parts/text.ts';

/** One control: what it would change, how it would have done, what it did, and who decided. */
export function Control() {
  const { id } = useParams({ from: '/frame/controls/$id' });
  const query = useQuery(controlQuery(id));
  const control = query.data;
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/controls" search={{}} className="link">
          Controls
        </Link>
      </p>
      {control === undefined ? (
        <>
          <Title text="Control" />
          <Waiting query={query} />
        </>
      ) : (
        <>
          <Title text={control.title}>{control.why}</Title>
          <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
            <div className="min-w-0 space-y-4">
              <Decide control={control} />
              <Patch control={control} />
              <BackTest backTest={control.backTest} />
              {control.effect !== undefined && <Effect effect={control.effect} />}
            </div>
            <Facts control={control} />
          </div>
        </>
      )}
    </>
  );
}

function Decide({ control }: { readonly control: ControlStoryJson }) {
  const { state, needs, isBlocking, id, files } = control;
  const path = `/v1/controls/${id}/decisions`;
  const scope = 'controls:write';
  const isOpen = state === 'proposed' || state === 'accepted';
  return (
    <section className="card">
      <h2 className="mb-2 flex flex-wrap justify-between gap-2">
        Decision <Tag tone={controlTones[state]}>{plain(state)}</Tag>
      </h2>
      <p className="mb-3 text-soft">
        {needs === undefined ? `It is ${plain(state).toLowerCase()}.` : needSays[needs]}{' '}
        {isBlocking && state === 'proposed' && 'What blocks something is accepted by two people.'}
        {files.length === 0 && ' Nothing of it can be written: it cannot be accepted.'}
      </p>
      <div className="flex flex-wrap gap-2">
        {state === 'proposed' && files.length > 0 && (
          <Deed
            scope={scope}
            text="Accept"
            path={path}
            json={{ decision: 'accept' }}
            says="From the acceptance on, no message is sent about cases of its scope until it is applied, but where the danger may not be over."
            isFirst
          />
        )}
        {state === 'accepted' && (
          <Deed
            scope={scope}
            text="It is in force"
            path={path}
            json={{ decision: 'apply' }}
            says="Say so when you have put the patch in force. Foldback applies nothing by itself; its effect is counted from now."
            isFirst
          />
        )}
        {isOpen && (
          <Deed
            scope={scope}
            text="Reject"
            path={path}
            json={{ decision: 'reject' }}
            says="The same is not proposed again for 90 days."
            takesReason
          />
        )}
        {state === 'applied' && (
          <>
            <Deed scope={scope} text="Roll back" path={path} json={{ decision: 'rollback' }} takesReason />
            <Deed scope={scope} text="End" path={path} json={{ decision: 'end' }} takesReason />
          </>
        )}
      </div>
    </section>
  );
}

function Patch({ control }: { readonly control: ControlStoryJson }) {
  const { files, rollback, apply, rollbackWords, unusable } = control;
  return (
    <section className="card min-w-0">
      <h2 className="mb-2">What it changes</h2>
      {apply !== undefined && <p className="mb-2 max-w-prose text-soft">{apply}</p>}
      <Files files={files} name="Patch" />
      {unusable.length > 0 && (
        <>
          <h3 className="mt-3 mb-1 text-sm text-soft">Left out, because it is more than a name</h3>
          <ul className="text-sm">
            {unusable.map(({ placeholder, shown, event }) => (
              <li key={`${placeholder} ${event}`}>
                {plain(placeholder)}: <code>{shown}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      {rollback.length > 0 && (
        <details className="mt-3 border-t border-line pt-2">
          <summary className="cursor-pointer font-medium">The way back</summary>
          {rollbackWords !== undefined && <p className="my-2 max-w-prose text-soft">{rollbackWords}</p>}
          <Files files={rollback} name="Way back" />
        </details>
      )}
    </section>
  );
}

function Files(given: { readonly files: ControlStoryJson['files']; readonly name: string }) {
  const { files, name } = given;
  return (
    <ul className="space-y-3">
      {files.map(({ target, path, mode, text }) => (
        <li key={`${target} ${path}`}>
          <p className="mb-1 text-sm text-soft">
            {plain(mode)} <code>{path}</code> in {target}
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to take the focus */}
          <section aria-label={`${name}: ${path} in ${target}`} tabIndex={0} className="table-scroll">
            <pre className="rounded-lg border border-line bg-ground p-3 text-sm">{text}</pre>
          </section>
        </li>
      ))}
    </ul>
  );
}

const gapSays: Readonly<Record<string, string>> = {
  'nothing-to-write': 'nothing can be written',
  'not-evaluated': 'the control cannot be tried on what was recorded',
  'failures-without-facts': 'some failures do not tell what it takes',
  'no-sample': 'no good actions were kept',
  'sample-without-facts': 'the good actions that were kept do not tell what it takes',
  'policy-unsound': 'the policy could not be read',
};

function BackTest({ backTest }: { readonly backTest: ControlStoryJson['backTest'] }) {
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

const effectSays = {
  less: 'It happens less, by more than what would have come by itself.',
  more: 'It happens more.',
  'too-early': 'It is too early to tell.',
} as const;
const noEffectSays = {
  'few-days': 'Fewer than seven days have passed since.',
  'few-failures': 'Fewer than three failures: nothing can be said.',
  'few-people': 'Fewer than five people: nothing is shown.',
} as const;

function Effect({ effect }: { readonly effect: NonNullable<ControlStoryJson['effect']> }) {
  if (effect.kind === 'not-enough-data')
    return (
      <section className="card">
        <h2>Its effect</h2>
        <p className="text-soft">{noEffectSays[effect.reason]}</p>
      </section>
    );
  const { before, after, ratio, expected, per, units, verdict } = effect;
  return (
    <IntervalChart
      title="Its effect"
      n={`${before.failures.toLocaleString()} failures before, ${after.failures.toLocaleString()} since, for each ${per === 'day' ? 'day' : 'chance'}`}
      valueName="Ratio"
      textOf={numberText}
      mark={1}
      says={`${effectSays[verdict]} After much there comes less by itself: the ratio alone is no effect, what would have come anyway stands under it.`}
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

function Facts({ control }: { readonly control: ControlStoryJson }) {
  const { acceptedBy, secondBy, appliedBy, closedBy, reason, loops, story } = control;
  return (
    <div className="space-y-4">
      <section className="card">
        <h2 className="mb-2">About it</h2>
        <dl className="facts text-sm">
          <dt>Behaviour</dt>
          <dd>
            <Link to="/measures/$behaviour" params={{ behaviour: control.behaviour }} className="link">
              {plain(control.behaviour)}
            </Link>
          </dd>
          <dt>Kind</dt>
          <dd>{plain(control.kind)}</dd>
          <dt>For</dt>
          <dd>{scopeText(control.scope)}</dd>
          <dt>Decides</dt>
          <dd>{control.decider.kind === 'duty' ? 'The duty role' : `Team ${control.decider.id}`}</dd>
          {control.relapses !== undefined && control.habits !== undefined && (
            <>
              <dt>Relapses</dt>
              <dd>
                {control.relapses.toLocaleString()}, of {control.habits.toLocaleString()} people, programs or
                teams
              </dd>
            </>
          )}
          {(
            [
              ['Accepted', acceptedBy, control.acceptedAt],
              ['Second', secondBy, control.secondAt],
              ['Applied', appliedBy, control.appliedAt],
              ['Closed', closedBy, control.closedAt],
            ] as const
          ).map(
            ([title, by, at]) =>
              at !== undefined && (
                <div key={title} className="contents">
                  <dt>{title}</dt>
                  <dd>
                    {minuteText(at)}
                    {by !== undefined && ` by ${by}`}
                  </dd>
                </div>
              ),
          )}
          {reason !== undefined && (
            <>
              <dt>Why</dt>
              <dd>{reason}</dd>
            </>
          )}
        </dl>
      </section>
      <section className="card">
        <h2 className="mb-2">History</h2>
        <ol className="space-y-1 text-sm">
          {story.map(({ at, kind, hash }) => (
            <li key={hash}>
              {plain(kind.replaceAll('.', ' '))} <span className="text-soft">{minuteText(at)}</span>
            </li>
          ))}
        </ol>
        {loops.length > 0 && (
          <details className="mt-3 text-sm">
            <summary className="cursor-pointer">{loops.length.toLocaleString()} cases behind it</summary>
            <ul className="mt-1 space-y-1">
              {loops.slice(0, 20).map((loop, at) => (
                <li key={loop}>
                  <Link to="/loops/$id" params={{ id: loop }} className="link">
                    Case {at + 1}
                  </Link>
                </li>
              ))}
            </ul>
          </details>
        )}
      </section>
    </div>
  );
}
