import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';
import { queryText } from './queries.ts';
import type { WordsOfVersionJson, WordVersionsJson } from './shapes.ts';

const pathOf = (id: string): string => `/v1/behaviours/${encodeURIComponent(id)}/versions`;

export const wordVersionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['word-versions', id],
    queryFn: () => ask<WordVersionsJson>(pathOf(id)),
    staleTime: 60_000,
  });

/** A version is what its hash says, for ever. */
export const wordsOfVersionQuery = (id: string, hash: string, against?: string) =>
  queryOptions({
    queryKey: ['words-of-version', id, hash, against],
    queryFn: () => ask<WordsOfVersionJson>(`${pathOf(id)}/${hash}${queryText({ against })}`),
    staleTime: Number.POSITIVE_INFINITY,
  });
