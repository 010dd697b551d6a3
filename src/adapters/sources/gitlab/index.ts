import { dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** Secret detection reports of GitLab's pipelines, schema 14 and 15. */
export const source: Source = {
  id: 'gitlab',
  title: 'GitLab secret detection',
  recognise,
  shapes: [{ format: 'array', path: ['vulnerabilities'], context: ['scan'] }],
  map,
};

function recognise(sample: Sample): number {
  const { first } = sample;
  if (!isDict(first) || !Array.isArray(first.vulnerabilities)) return 0;
  const type = textOf(dictOf(first.scan)?.type);
  if (type !== undefined) return type === 'secret_detection' ? 0.95 : 0;
  // The scan stands behind the findings: a long report is told by the first of them.
  const vulnerability = dictOf(listOf(first.vulnerabilities)[0]);
  const category = textOf(vulnerability?.category);
  if (category !== undefined) return category === 'secret_detection' ? 0.95 : 0;
  return vulnerability !== undefined && 'raw_source_code_extract' in vulnerability ? 0.9 : 0;
}
