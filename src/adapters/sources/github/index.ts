import { dictOf, isDict, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';
import { isListedAlert, kindOf } from './schema.ts';
import { webhook } from './verify.ts';

/** Secret scanning alerts and pushes of GitHub: webhooks, saved bodies, and lists of the REST interface. */
export const source: Source = {
  id: 'github',
  title: 'GitHub',
  recognise,
  shapes: [{ format: 'array', path: [] }, { format: 'document' }, { format: 'lines' }],
  map,
  webhook,
};

function recognise(sample: Sample): number {
  if (Array.isArray(sample.first)) return isListedAlert(sample.first[0]) ? 0.95 : 0;
  if (!isDict(sample.first)) return 0;
  if (kindOf(sample.first, undefined) !== 'other') return 0.9;
  // Another webhook of GitHub: nothing is made of it, and that is no error.
  const isWebhook =
    textOf(dictOf(sample.first.repository)?.full_name) !== undefined ||
    textOf(sample.first.action) !== undefined;
  return isWebhook && (isDict(sample.first.sender) || isDict(sample.first.repository)) ? 0.55 : 0;
}
