import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import type { RecordShape, Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';
import { pull } from './pull-settings.ts';

/** The System Log of Okta: its interface, exports, log streaming and event hooks. */
export const source: Source = {
  id: 'okta',
  title: 'Okta System Log',
  recognise,
  shapes: [
    { format: 'array', path: ['data', 'events'] },
    { format: 'array', path: [] },
    { format: 'lines' },
    { format: 'document' },
  ] satisfies readonly RecordShape[],
  map,
  pull,
  challenge,
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  const first = Array.isArray(sample.first) ? sample.first[0] : sample.first;
  if (!isDict(first)) return 0;
  const hooked = listOf(dictOf(first.data)?.events)[0];
  if (isDict(hooked)) return likeness(hooked);
  const detail = dictOf(first.detail);
  if (detail !== undefined && /okta/iu.test(textOf(first.source) ?? '')) return likeness(detail);
  return likeness(first);
}

/** Names of members, as sent and as some collectors write them. */
const typical = [
  'actor',
  'displayMessage',
  'legacyEventType',
  'outcome',
  'published',
  'securityContext',
  'target',
  'uuid',
];

function likeness(log: Dict): number {
  const type = textOf(log.eventType) ?? textOf(log.eventtype);
  // A CloudEvent or a record of CloudTrail says so itself.
  if (type === undefined || !/^[\w-]+(?:\.[\w-]+)+$/u.test(type.slice(0, 200))) return 0;
  if ('specversion' in log || 'eventVersion' in log) return 0;
  const found = typical.filter((name) => name in log || name.toLowerCase() in log).length;
  return found >= 4 ? 0.95 : found >= 2 ? 0.7 : 0;
}

/** https://developer.okta.com/docs/concepts/event-hooks/: the value of one header, once, as `verification`. */
function challenge(headers: Readonly<Record<string, string>>): { readonly verification: string } | undefined {
  const value = headers['x-okta-verification-challenge'];
  return value !== undefined && /^[\x21-\x7e]{1,1000}$/u.test(value) ? { verification: value } : undefined;
}
