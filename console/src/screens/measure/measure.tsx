import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { measureQuery } from '../../api/measure-queries.ts';
import type { MeasureJson } from '../../api/shapes.ts';
import { Hidden, Watermark } from '../../parts/measure-parts.tsx';
import { Title, Waiting } from '../../parts/states.tsx';
import { dayText } from '../../parts/text.ts';
import { useTitles } from '../../parts/titles.ts';
import { Controls } from './controls.tsx';
import { Figures } from './figures.tsx';
import { Filters } from './filters.tsx';
import { Groups } from './groups.tsx';

/** The figures of one behaviour, of all or of a group. The filter is the address. */
export function Measure() {
  const { behaviour } = useParams({ from: '/frame/measures/$behaviour' });
  const search = useSearch({ from: '/frame/measures/$behaviour' });
  const measure = useQuery(measureQuery(behaviour, search));
  const titleOf = useTitles();
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/measures" className="link">
          Measures
        </Link>
      </p>
      <Title text={titleOf(behaviour)}>Figures say what is; only an experiment says why.</Title>
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
          {measure.data.controls !== undefined && <Controls controls={measure.data.controls} />}
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
