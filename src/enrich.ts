import { addContent, lacksContent } from './core/add-content.ts';
import type { Event } from './core/event.ts';
import type { Fingerprinter } from './core/fingerprint.ts';
import type { Clones } from './lib/git/clones.ts';
import { readSpan, type Span } from './lib/git/read-span.ts';
import type { Source } from './ports/source.ts';

/** Places read at a time: each is a question to a long-lived process of git. */
const concurrentMax = 16;

/**
 * Reads from the local clones what stands at the place of an event whose source names the exact columns and not the
 * secret: by its content the event then joins what a scanner reported. What cannot be read leaves the event as it is.
 */
export function contentReader(options: {
  readonly clones: Clones;
  readonly fingerprint: Fingerprinter;
  readonly sources: readonly Source[];
}): (events: readonly Event[]) => Promise<readonly Event[]> {
  const { clones, fingerprint } = options;
  const exact = new Set(
    options.sources.filter((source) => source.hasExactColumns === true).map(({ id }) => id),
  );
  if (clones.count === 0 || exact.size === 0) return async (events) => events;

  const enriched = async (event: Event): Promise<Event> => {
    const found = await clones.find(event.where.repository);
    if (found.kind === 'none') return event;
    for (const span of spansOf(event)) {
      const read = await readSpan(found.clone, span);
      if (read.kind === 'text') return addContent(event, read.text, fingerprint);
    }
    return event;
  };
  const isAsked = (event: Event): boolean =>
    exact.has(event.source) && lacksContent(event) && spansOf(event).length > 0;
  return async (events) => {
    const asked = [...events.entries()].filter(([, event]) => isAsked(event));
    if (asked.length === 0) return events;
    const result = [...events];
    for (let start = 0; start < asked.length; start += concurrentMax) {
      const some = asked.slice(start, start + concurrentMax);
      await Promise.all(
        some.map(async ([index, event]) => {
          result[index] = await enriched(event);
        }),
      );
    }
    return result;
  };
}

/** Where it stands: in the file itself where the vendor names it, else in the commit. */
function spansOf({ where, record }: Event): readonly Span[] {
  const { commit, file, line, startColumn, endColumn } = where;
  if (line === undefined || startColumn === undefined || endColumn === undefined) return [];
  const { blob, endLine } = record;
  const place = {
    startLine: line,
    startColumn,
    endColumn,
    ...(typeof endLine === 'number' ? { endLine } : {}),
  };
  const spans: Span[] = [];
  if (typeof blob === 'string') spans.push({ at: { blob }, ...place });
  if (commit !== undefined && file !== undefined) spans.push({ at: { commit, path: file }, ...place });
  return spans;
}
