import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type MeasureFilter, measureQuery } from '../api/measure-queries.ts';
import { behavioursQuery } from '../api/queries.ts';
import type { FiguresJson, MeasureJson } from '../api/shapes.ts';
import { CurveChart } from '../charts/curve-chart.tsx';
import { hoursText, inThousand, perThousand, reasonText, shareText } from '../charts/figure-text.ts';
import { FunnelChart } from '../charts/funnel-chart.tsx';
import { IntervalChart } from '../charts/interval-chart.tsx';
import { KeyFigures, NoEffect } from '../parts/measure-figures.tsx';
import { Hidden, Watermark } from '../parts/measure-parts.tsx';
import { Title, Waiting } from '../parts/states.tsx';
import { dayText, plain } from '../parts/text.ts';

/** The figures of one behaviour, of all or of a group. The filter is the address. */
export function Measure() {
  const { behaviour } = useParams({ from: '/frame/measures/$behaviour' });
  const search = useSearch({ from: '/frame/measures/$behaviour' });
  const measure = useQuery(measureQuery(behaviour, search));
  const behaviours = useQuery(behavioursQuery);
  const title = behaviours.data?.items.find(({ id }) => id === behaviour)?.title ?? plain(behaviour);
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/measures" className="link">
          Measures
        </Link>
      </p>
      <Title text={title}>Figures say what is; only an experiment says why.</Title>
      <Filters behaviour={behaviour} search={search} />
      {measure.data === undefined ? (
        <Waiting query={measure} />
      ) : (
        <div className="space-y-4">
          {measure.data.figures === undefined ? (
            <Hidden />
          ) : (
            <Figures figures={measure.data.figures} people={measure.data.group.people} />
          )}
          {measure.data.groups !== undefined && measure.data.by !== undefined && (
            <Groups by={measure.data.by} groups={measure.data.groups} comparison={measure.data.comparison} />
          )}
          <Revised revised={measure.data.revised} />
          <Watermark asOf={measure.data.asOf} watermark={measure.data.watermark} />
        </div>
      )}
    </>
  );
}

function Filters({ behaviour, search }: { readonly behaviour: string; readonly search: MeasureFilter }) {
  const navigate = useNavigate();
  const set = (name: keyof MeasureFilter, value: string) => {
    const { [name]: _, ...rest } = search;
    const next = { ...rest, ...(value === '' ? {} : { [name]: value }) };
    void navigate({ to: '/measures/$behaviour', params: { behaviour }, search: next });
  };
  return (
    <search className="mb-4 grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
      <label>
        <span className="mb-1 block text-sm text-soft">Compare</span>
        <select className="field" value={search.by ?? ''} onChange={(event) => set('by', event.target.value)}>
          <option value="">Nobody</option>
          <option value="team">Teams</option>
          <option value="kind">People, programs, agents</option>
        </select>
      </label>
      <label>
        <span className="mb-1 block text-sm text-soft">Only</span>
        <select
          className="field"
          value={search.kind ?? ''}
          onChange={(event) => set('kind', event.target.value)}
        >
          <option value="">Everybody</option>
          <option value="person">People</option>
          <option value="workload">Programs</option>
          <option value="agent">Agents</option>
        </select>
      </label>
      {(['from', 'to'] as const).map((name) => (
        <label key={name}>
          <span className="mb-1 block text-sm text-soft">{name === 'from' ? 'From month' : 'To month'}</span>
          <input
            className="field"
            type="month"
            placeholder="2026-03"
            value={search[name] ?? ''}
            onChange={(event) => set(name, event.target.value)}
          />
        </label>
      ))}
    </search>
  );
}

const steps: Readonly<Record<FiguresJson['funnel'][number]['step'], string>> = {
  assigned: 'Somebody was to be told',
  sent: 'Sent',
  delivered: 'Delivered',
  answered: 'Answered',
  verified: 'Proven fixed',
  held: 'Held',
};

function Figures({ figures, people }: { readonly figures: FiguresJson; readonly people: number }) {
  const { recurrence, relapse, repeated, times, funnel } = figures;
  const [all] = funnel;
  return (
    <>
      <KeyFigures figures={figures} people={people} />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Risk
          title="It comes back"
          says="The risk of a new case since somebody was first to be told, with leavers competing (Aalen–Johansen)."
          figure={recurrence}
        />
        <Risk
          title="A proven fix comes undone"
          says="The risk of a relapse since the proof of the fix."
          figure={relapse}
        />
        {(['owner', 'reply', 'fix'] as const).map((name) => {
          const time = times[name];
          const titles = {
            owner: 'Still without a message to its owner',
            reply: 'Still without an answer',
            fix: 'Still not proven fixed',
          };
          if (time.curve === undefined || time.curve.length === 0)
            return <NoCurve key={name} title={titles[name]} n={time.n} />;
          return (
            <CurveChart
              key={name}
              title={titles[name]}
              n={`n ${time.n.toLocaleString()}, half ${time.median === undefined ? 'not reached' : `within ${hoursText(time.median)}`}`}
              curve={time.curve}
              start={1}
              valueName="Still waiting"
            />
          );
        })}
        <FunnelChart
          title="How far cases came"
          n={`${(all?.share.n ?? 0).toLocaleString()} cases`}
          steps={funnel.map(({ step, share }) => ({ id: step, label: steps[step], ...share }))}
        />
        {repeated.curve !== undefined && repeated.curve.length > 0 && (
          <CurveChart
            title="New cases for each person, program or team"
            n={`n ${repeated.n.toLocaleString()}, ${repeated.events.toLocaleString()} cases`}
            says="All of them since the first, not only the next one."
            curve={repeated.curve}
            start={0}
            valueName="Cases so far"
          />
        )}
        <NoEffect change={figures.change} />
      </div>
    </>
  );
}

function Risk(given: {
  readonly title: string;
  readonly says: string;
  readonly figure: FiguresJson['recurrence'];
}) {
  const { title, says, figure } = given;
  if (figure.curve.length === 0)
    return <NoCurve title={title} n={figure.n} says={reasonText(figure.reason)} />;
  return (
    <CurveChart
      title={title}
      n={`n ${figure.n.toLocaleString()}, ${figure.events.toLocaleString()} did, ${figure.left.toLocaleString()} left`}
      says={says}
      curve={figure.curve}
      start={0}
      valueName="Risk so far"
    />
  );
}

function NoCurve(given: { readonly title: string; readonly n: number; readonly says?: string }) {
  return (
    <section className="card">
      <h2>{given.title}</h2>
      <p className="text-sm text-soft">
        {given.says ?? 'Not enough data yet.'} n {given.n.toLocaleString()}
      </p>
    </section>
  );
}

function Groups(given: {
  readonly by: NonNullable<MeasureJson['by']>;
  readonly groups: NonNullable<MeasureJson['groups']>;
  readonly comparison: MeasureJson['comparison'] | undefined;
}) {
  const { by, groups, comparison } = given;
  const hidden = groups.filter(({ figures }) => figures === undefined);
  const shown = groups.flatMap(({ id, figures }) => (figures === undefined ? [] : [{ id, figures }]));
  const recurrences = comparison?.recurrences;
  const n = `${shown.length} shown, ${hidden.length} too small to be shown`;
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <IntervalChart
        title={`It comes back, by ${by}`}
        n={n}
        valueName="Risk in 90 days"
        textOf={shareText}
        max={1}
        says={
          recurrences?.p === undefined
            ? 'Whether the curves differ by more than chance cannot be said yet.'
            : `Curves as different as these would come by chance with p = ${recurrences.p.toFixed(3)} (log-rank), looked at once.`
        }
        rows={shown.map(({ id, figures: { recurrence } }) => ({
          id,
          label: id,
          n: recurrence.n,
          ...(recurrence.kind === 'risk'
            ? { value: recurrence.value, lower: recurrence.lower, upper: recurrence.upper }
            : { missing: reasonText(recurrence.reason) }),
        }))}
      />
      <IntervalChart
        title="For each chance to fail"
        n={n}
        valueName="Rate"
        textOf={perThousand}
        boundText={inThousand}
        says="Teams whose work differs cannot be compared by their rate alone."
        rows={shown.map(({ id, figures: { rate } }) => ({
          id,
          label: id,
          n: rate.failures,
          ...(rate.kind === 'rate'
            ? { value: rate.value, lower: rate.lower, upper: rate.upper }
            : { missing: reasonText(rate.reason) }),
        }))}
      />
      {hidden.length > 0 && (
        <p className="text-sm text-soft xl:col-span-2">
          Not shown, because they are too small or would give a small one away:{' '}
          {hidden.map(({ id }) => id).join(', ')}.
        </p>
      )}
    </div>
  );
}

function Revised({ revised }: { readonly revised: MeasureJson['revised'] }) {
  if (revised.length === 0) return undefined;
  return (
    <section className="card">
      <h2>Months that changed after they were closed</h2>
      <ul className="mt-1 text-sm">
        {revised.map(({ month, closedAt, was, is }) => (
          <li key={month}>
            {month}: {was.failures.toLocaleString()} of {was.opportunities.toLocaleString()} became{' '}
            {is.failures.toLocaleString()} of {is.opportunities.toLocaleString()}
            {closedAt !== undefined && `, closed ${dayText(closedAt)}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
