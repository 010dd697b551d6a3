import { dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** Results of secretlint in its JSON form: the list of the command line, or one result of the library. */
export const source: Source = {
  id: 'secretlint',
  title: 'secretlint',
  recognise,
  shapes: [
    { format: 'array', path: ['*', 'messages'], context: ['filePath', 'sourceContent'] },
    { format: 'array', path: ['messages'], context: ['filePath', 'sourceContent'] },
  ],
  map,
};

function recognise(sample: Sample): number {
  const results = Array.isArray(sample.first) ? sample.first : [sample.first];
  return results.slice(0, 20).some(isResult) ? 0.95 : 0;
}

/** Linters of code and prose have the same frame, but neither a type of content nor an id of the message. */
function isResult(value: unknown): boolean {
  if (!isDict(value) || textOf(value.filePath) === undefined || !Array.isArray(value.messages)) return false;
  if (textOf(value.sourceContentType) !== undefined) return true;
  const message = dictOf(listOf(value.messages)[0]);
  return message?.type === 'message' && textOf(message.messageId) !== undefined;
}
