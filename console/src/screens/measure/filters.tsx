import { useNavigate } from '@tanstack/react-router';
import type { MeasureFilter } from '../../api/measure-queries.ts';

export function Filters({
  behaviour,
  search,
}: {
  readonly behaviour: string;
  readonly search: MeasureFilter;
}) {
  const navigate = useNavigate();
  const set = (name: keyof MeasureFilter, value: string) => {
    const { [name]: _, ...rest } = search;
    const { team } = search;
    // Figures by control are of the days around it, of every kind of actor: other filters do not go along.
    const kept = name === 'by' && value === 'control' ? (team === undefined ? {} : { team }) : rest;
    const next = { ...kept, ...(value === '' ? {} : { [name]: value }) };
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
          <option value="control">Before and since each control</option>
        </select>
      </label>
      {search.by !== 'control' && <Narrow search={search} onSet={set} />}
    </search>
  );
}

function Narrow({
  search,
  onSet: set,
}: {
  readonly search: MeasureFilter;
  readonly onSet: (name: keyof MeasureFilter, value: string) => void;
}) {
  return (
    <>
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
    </>
  );
}
