import type { MeasureJson } from '../../api/shapes.ts';
import { inThousand, perThousand, reasonText, shareText } from '../../charts/figure-text.ts';
import { IntervalChart } from '../../charts/interval-chart.tsx';

/** Groups beside each other; those that are too small stand by name only. */
export function Groups(given: {
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
