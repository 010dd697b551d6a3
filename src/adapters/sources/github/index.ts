import { type Dict, dictOf, isDict, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';
import { pull } from './pull-settings.ts';
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
  pull,
  hasExactColumns: true,
};

function recognise(sample: Sample): number {
  if (Array.isArray(sample.first)) return isListedAlert(sample.first[0]) ? 0.95 : 0;
  if (!isDict(sample.first)) return 0;
  if (kindOf(sample.first, undefined) !== 'other') return 0.9;
  return isOtherWebhook(sample.first) ? 0.55 : 0;
}

/** Another webhook of GitHub: nothing is made of it, and that is no error. */
function isOtherWebhook(payload: Dict): boolean {
  const isNamed =
    textOf(dictOf(payload.repository)?.full_name) !== undefined || textOf(payload.action) !== undefined;
  const frames = ['sender', 'repository', 'organization', 'installation', 'security_advisory'];
  return isNamed && frames.some((name) => isDict(payload[name]));
}
