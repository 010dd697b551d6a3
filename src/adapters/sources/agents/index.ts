import { isDict } from '../../../lib/guards.ts';
import type { RecordShape, Sample, Source } from '../../../ports/source.ts';
import { formOf, map, type RecordForm } from './map.ts';

/** What AI agents call: traces, MCP, hooks of coding agents, audit trails of agents, OCSF, and a plain form. */
export const source: Source = {
  id: 'agents',
  title: 'AI agents',
  recognise,
  // A list is one of runs or entries: a run's own list stands below `messages`.
  shapes: [
    { format: 'array', path: [] },
    { format: 'document' },
    { format: 'lines' },
  ] satisfies readonly RecordShape[],
  map,
};

/** Above what the general source says of the same envelopes. */
const scores: Readonly<Record<RecordForm, number>> = {
  hook: 0.95,
  governance: 0.9,
  ocsf: 0.95,
  react: 0.95,
  envelope: 0.95,
  run: 0.85,
  plain: 0.8,
  pair: 0.85,
  message: 0.75,
  identity: 0.85,
  delegation: 0.85,
};

function recognise(sample: Sample): number {
  if (sample.format !== 'json' && sample.format !== 'lines') return 0;
  const first = Array.isArray(sample.first) ? sample.first[0] : sample.first;
  const form = isDict(first) ? formOf(first) : undefined;
  return form === undefined ? 0 : scores[form];
}
