import type { Source } from '../ports/source.ts';

/** The registry: one line an adapter. Nothing outside this file and an adapter's own folder knows its id. */
export const sources: readonly Source[] = [];
