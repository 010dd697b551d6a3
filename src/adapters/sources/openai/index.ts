import { dictOf, firstListed, isDict, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** The audit log of an organisation at OpenAI: the answer of its interface, a list, or one entry a line. */
export const source: Source = {
  id: 'openai',
  title: 'OpenAI audit log',
  recognise,
  shapes: [
    { format: 'array', path: ['data'] },
    { format: 'array', path: [] },
    { format: 'lines' },
    { format: 'document' },
  ],
  map,
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  const first = firstListed(sample.first, 'data');
  if (!isDict(first) || textOf(first.type) === undefined) return 0;
  if (first.object === 'organization.audit_log') return 0.95;
  const isActor = /^(?:session|api_key)$/u.test(textOf(dictOf(first.actor)?.type) ?? '');
  return isActor && typeof first.effective_at === 'number' ? 0.9 : 0;
}
