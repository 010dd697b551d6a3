import { Link } from '@tanstack/react-router';
import type { ControlStoryJson } from '../../api/shapes.ts';
import { scopeText } from '../../parts/control-parts.tsx';
import { minuteText, plain } from '../../parts/text.ts';
import { useTitles } from '../../parts/titles.ts';

/** What it is about, who decided, and the cases behind it. */
export function Facts({ control }: { readonly control: ControlStoryJson }) {
  const titleOf = useTitles();
  const { acceptedBy, secondBy, appliedBy, closedBy, reason, loops, story } = control;
  return (
    <div className="space-y-4">
      <section className="card">
        <h2 className="mb-2">About it</h2>
        <dl className="facts text-sm">
          <dt>Behaviour</dt>
          <dd>
            <Link to="/measures/$behaviour" params={{ behaviour: control.behaviour }} className="link">
              {titleOf(control.behaviour)}
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
