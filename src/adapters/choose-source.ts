import type { Sample, Source } from '../ports/source.ts';

/** Below this a source only says that it could be its file. */
const scoreMin = 0.5;

/** The source that recognises a file most surely, the first of the list among equals; undefined when none does. */
export function chooseSource(sample: Sample, sources: readonly Source[]): Source | undefined {
  let best: { readonly source: Source; readonly score: number } | undefined;
  for (const source of sources) {
    const score = source.recognise(sample);
    if (score >= scoreMin && score > (best?.score ?? 0)) best = { source, score };
  }
  return best?.source;
}
