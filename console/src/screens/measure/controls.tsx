import { Link } from '@tanstack/react-router';
import type { MeasureJson } from '../../api/shapes.ts';
import { numberText } from '../../charts/figure-text.ts';
import { scopeText } from '../../parts/control-parts.tsx';
import { Empty } from '../../parts/states.tsx';
import { dayText, plain } from '../../parts/text.ts';

type Measured = NonNullable<MeasureJson['controls']>[number];
type Side = NonNullable<Measured['before']>;

/** Counts before each control and since. They are no effect: that stands with the control. */
export function Controls({ controls }: { readonly controls: readonly Measured[] }) {
  if (controls.length === 0)
    return (
      <Empty title="No control of this behaviour is or was in force">
        <p>
          When one is, its ninety days before and the days since stand here.{' '}
          <Link to="/controls" search={{}} className="link">
            See the controls
          </Link>
        </p>
      </Empty>
    );
  return (
    <section className="card">
      <h2 className="mb-1">Before and since each control</h2>
      <p className="mb-3 max-w-prose text-soft">
        After much there comes less by itself: before and since are no effect. What would have come anyway
        stands beside, and the effect with its interval stands with the control.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to take the focus */}
      <section className="table-scroll" aria-label="Controls" tabIndex={0}>
        <table className="w-full text-sm tabular-nums">
          <thead className="text-soft">
            <tr>
              <th className="py-1 text-start font-normal">Control</th>
              <th className="text-end font-normal">In force</th>
              <th className="text-end font-normal">Before</th>
              <th className="text-end font-normal">Since</th>
              <th className="text-end font-normal">Expected anyway</th>
            </tr>
          </thead>
          <tbody>
            {controls.map((control) => (
              <tr key={control.id} className="border-t border-line align-top">
                <td className="py-2">
                  <Link to="/controls/$id" params={{ id: control.id }} className="link">
                    {plain(control.template)}
                  </Link>
                  <span className="block text-soft">for {scopeText(control.scope)}</span>
                </td>
                <td className="py-2 text-end">{dayText(control.appliedAt)}</td>
                {control.hidden === undefined ? (
                  <>
                    <Count side={control.before} />
                    <Count side={control.since} />
                    <td className="py-2 text-end">
                      {control.expectedSince === undefined ? 'Not known' : numberText(control.expectedSince)}
                    </td>
                  </>
                ) : (
                  <td colSpan={3} className="py-2 text-end text-soft">
                    {control.hidden}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function Count({ side }: { readonly side: Side | undefined }) {
  if (side === undefined) return <td className="py-2 text-end">Not known</td>;
  return (
    <td className="py-2 text-end">
      {side.loops.toLocaleString()} cases, {side.relapses.toLocaleString()} again
      <span className="block text-soft">
        in {side.days.toLocaleString()} days, of {numberText(side.opportunities)} chances
      </span>
    </td>
  );
}
