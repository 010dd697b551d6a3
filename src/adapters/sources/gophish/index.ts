import { isDict } from '../../../lib/guards.ts';
import type { RecordShape, Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';
import { pull } from './pull-settings.ts';
import { isCampaign, isEvent, isResult } from './schema.ts';
import { webhook } from './verify.ts';

const eventColumns = ['email', 'time', 'message', 'details'];
const resultColumns = ['id', 'status', 'ip', 'send_date', 'reported', 'email'];

/** Neither the server's password under `smtp` nor the pages and mails are asked for: they are not even parsed. */
const around = { context: ['id', 'name', 'results'], follows: ['results', 'launch_date'] };

/** Phishing simulations of GoPhish: webhooks, campaigns and results of its interface, both exports. */
export const source: Source = {
  id: 'gophish',
  title: 'GoPhish',
  recognise,
  shapes: [
    { format: 'array', path: ['timeline'], ...around },
    { format: 'array', path: ['*', 'timeline'], ...around },
    { format: 'array', path: ['results'], context: ['id', 'name'] },
    { format: 'array', path: [] },
    { format: 'csv', header: eventColumns },
    { format: 'csv', header: resultColumns },
    { format: 'document' },
    { format: 'lines' },
  ] satisfies readonly RecordShape[],
  map,
  webhook,
  pull,
  isSimulation: true,
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') {
    const has = (columns: readonly string[]) => columns.every((name) => sample.header?.includes(name));
    return has(resultColumns) || has([...eventColumns, 'campaign_id']) ? 0.95 : has(eventColumns) ? 0.6 : 0;
  }
  const first = Array.isArray(sample.first) ? sample.first[0] : sample.first;
  if (isEvent(first)) return isDict(first) && 'campaign_id' in first ? 0.95 : 0.8;
  return isCampaign(first) || (Array.isArray(sample.first) && isResult(first)) ? 0.9 : 0;
}
