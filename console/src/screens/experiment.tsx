import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { experimentQuery } from '../api/measure-queries.ts';
import type { ExperimentJson, ReadoutJson } from '../api/shapes.ts';
import { Table } from '../charts/chart-frame.tsx';
import { numberText, shareText } from '../charts/figure-text.ts';
import { IntervalChart } from '../charts/interval-chart.tsx';
import { Deed } from '../parts/deed.tsx';
import { stateTones, Verdicts } from '../parts/experiment-parts.tsx';
import { Tag, Title, Waiting } from '../parts/states.tsx';
import { dayText, minuteText, plain, spanText } from '../parts/text.ts';
import { useTitles } from '../parts/titles.ts';

/** One experiment: its verdict, the numbers behind it, and what was registered before anybody was assigned. */
export function Experiment() {
  const { id } = useParams({ from: '/frame/experiments/$id' });
  const experiment = useQuery(experimentQuery(id));
  const item = experiment.data;
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/experiments" className="link">
          Experiments
        </Link>
      </p>
      {item === undefined ? (
        <>
          <Title text="Experiment" />
          <Waiting query={experiment} />
        </>
      ) : (
        <>
          <Title text={item.document.title}>{item.document.hypothesis}</Title>
          <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
            <div className="min-w-0 space-y-4">
              <section className="card">
                <h2 className="mb-2 flex flex-wrap justify-between gap-2">
                  Verdict <Tag tone={stateTones[item.state]}>{plain(item.state)}</Tag>
                </h2>
                <Verdicts item={item} isWhole />
              </section>
              {item.readout !== undefined && 'arms' in item.readout && (
                <Arms item={item} readout={item.readout} />
              )}
            </div>
            <Registered item={item} />
          </div>
        </>
      )}
    </>
  );
}

type Shown = Extract<ReadoutJson, { readonly units: number }>;

function Arms({ item, readout }: { readonly item: ExperimentJson; readonly readout: Shown }) {
  const ratios = readout.comparisons.filter(({ riskRatio }) => riskRatio !== null);
  return (
    <>
      <IntervalChart
        title="Risk by arm"
        n={`${readout.units.toLocaleString()} assigned`}
        valueName={`Risk in ${spanText(item.document.window)}`}
        textOf={shareText}
        max={1}
        says="First recurrences within the window; whoever leaves is no success."
        rows={readout.arms.map(({ arm, assigned, risk }) => ({
          id: arm,
          label: arm,
          n: assigned,
          ...(risk === null ? { missing: 'Not known yet.' } : risk),
        }))}
      />
      {ratios.length > 0 && (
        <IntervalChart
          title="Against the usual words"
          n="Ratio of risks: under 1 is less, over 1 is more"
          valueName="Ratio"
          textOf={numberText}
          mark={1}
          max={3}
          says="The interval holds at every look, not only at the end. The broken line is where nothing differs."
          rows={ratios.map(({ arm, n, riskRatio }) => ({
            id: arm,
            label: arm,
            n,
            value: riskRatio?.value ?? undefined,
            lower: riskRatio?.lower,
            upper: riskRatio?.upper ?? undefined,
            missing: 'Not known yet.',
          }))}
        />
      )}
      <section className="card min-w-0">
        <h2 className="mb-2">Who was assigned, and what became of it</h2>
        <Table
          title="Arms"
          rows={readout.arms}
          keyOf={({ arm }) => arm}
          columns={[
            { title: 'Arm', of: ({ arm }) => arm },
            { title: 'Assigned', of: ({ assigned }) => assigned.toLocaleString() },
            { title: 'Delivered', of: ({ funnel }) => funnel.delivered.toLocaleString() },
            { title: 'Answered', of: ({ funnel }) => funnel.answered.toLocaleString() },
            { title: 'Verified', of: ({ funnel }) => funnel.verified.toLocaleString() },
            { title: 'Recurred', of: ({ outcomes }) => outcomes.toLocaleString() },
            { title: 'Left', of: ({ exits }) => exits.toLocaleString() },
          ]}
        />
        <p className="mt-2 text-sm text-soft">
          Watched until {minuteText(readout.watchedUntil)}.{' '}
          {readout.areWindowsClosed ? 'Every window is closed.' : 'Some windows are open.'}
        </p>
      </section>
    </>
  );
}

function Registered({ item }: { readonly item: ExperimentJson }) {
  const { document: asked } = item;
  const titleOf = useTitles();
  return (
    <section className="card">
      <h2 className="mb-2">As registered</h2>
      <dl className="facts text-sm">
        <dt>Behaviour</dt>
        <dd>
          <Link to="/measures/$behaviour" params={{ behaviour: asked.behaviour }} className="link">
            {titleOf(asked.behaviour)}
          </Link>
        </dd>
        <dt>Moment</dt>
        <dd>{plain(asked.moment)}</dd>
        <dt>By</dt>
        <dd>{plain(asked.unit)}</dd>
        <dt>Arms</dt>
        <dd>{asked.arms.map(({ id, share }) => `${id} ${shareText(share)}`).join(', ')}</dd>
        <dt>Outcome</dt>
        <dd>
          {plain(asked.outcome)} in {spanText(asked.window)}
        </dd>
        <dt>Would matter</dt>
        <dd>A ratio of {numberText(asked.smallestEffect)}</dd>
        <dt>Could be seen here</dt>
        <dd>A ratio of {numberText(item.sight.detectable)}</dd>
        <dt>Ends</dt>
        <dd>
          {dayText(asked.endsOn)}, or at {asked.recurrencesMax.toLocaleString()}
        </dd>
        <dt>Registered</dt>
        <dd>
          {minuteText(item.registeredAt)} by {item.registeredBy}
        </dd>
        {item.startedAt !== undefined && (
          <>
            <dt>Started</dt>
            <dd>
              {minuteText(item.startedAt)} {item.startedBy !== undefined && `by ${item.startedBy}`}
            </dd>
          </>
        )}
        {item.endedAt !== undefined && (
          <>
            <dt>Ended</dt>
            <dd>
              {minuteText(item.endedAt)} {item.endReason}
            </dd>
          </>
        )}
        <dt>Fingerprint</dt>
        <dd>
          <code className="text-xs">{item.hash}</code>
        </dd>
      </dl>
      <div className="mt-4 flex flex-wrap gap-2">
        {item.state === 'registered' && (
          <Deed scope="experiments:write" text="Start" path={`/v1/experiments/${item.id}/start`} json={{}} />
        )}
        {item.state === 'running' && (
          <Deed
            scope="experiments:write"
            text="Stop"
            path={`/v1/experiments/${item.id}/stop`}
            json={{}}
            takesReason
          />
        )}
      </div>
    </section>
  );
}
