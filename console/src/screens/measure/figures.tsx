import type { FiguresJson } from '../../api/shapes.ts';
import { CurveChart } from '../../charts/curve-chart.tsx';
import { hoursText, reasonText } from '../../charts/figure-text.ts';
import { FunnelChart } from '../../charts/funnel-chart.tsx';
import { KeyFigures, NoEffect } from '../../parts/measure-figures.tsx';

const steps: Readonly<Record<FiguresJson['funnel'][number]['step'], string>> = {
  assigned: 'Somebody was to be told',
  sent: 'Sent',
  delivered: 'Delivered',
  answered: 'Answered',
  verified: 'Proven fixed',
  held: 'Held',
};

/** Curves, times and how far cases came, each with its n. */
export function Figures({ figures, people }: { readonly figures: FiguresJson; readonly people: number }) {
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
          n={`${figures.loops.toLocaleString()} captured; shares of the ${(all?.share.n ?? 0).toLocaleString()} of which somebody was to be told`}
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
