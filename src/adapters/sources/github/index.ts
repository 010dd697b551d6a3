import { isDict } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { auditScore } from './audit/record.ts';
import { command } from './command.ts';
import { map } from './map.ts';
import { pull } from './pull-settings.ts';
import { isDelivery, isListedAlert, kindOf } from './schema.ts';
import { webhook } from './verify.ts';

/** What happens on GitHub: webhooks, saved bodies, lists of the REST interface, and the audit log. */
export const source: Source = {
  id: 'github',
  title: 'GitHub',
  recognise,
  shapes: [{ format: 'array', path: [] }, { format: 'document' }, { format: 'lines' }],
  map,
  webhook,
  pull,
  command,
  hasExactColumns: true,
};

function recognise(sample: Sample): number {
  const first = Array.isArray(sample.first) ? sample.first[0] : sample.first;
  if (!isDict(first)) return 0;
  if (Array.isArray(sample.first) && isListedAlert(first)) return 0.95;
  const audit = auditScore(first);
  if (audit > 0) return audit;
  if (kindOf(first, undefined) !== 'other') return 0.9;
  return isDelivery(first) ? 0.55 : 0;
}
