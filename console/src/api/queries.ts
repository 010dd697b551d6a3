import { keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';
import type {
  BehaviourJson,
  CallerJson,
  CountsJson,
  CoverageJson,
  List,
  LoopJson,
  MessageJson,
  PackCheckJson,
  Page,
  SentMessage,
  SignInWaysJson,
  SourceJson,
  StoryJson,
  WordsJson,
} from './shapes.ts';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => ask<CallerJson>('/v1/session'),
  staleTime: 60_000,
});
export const countsQuery = queryOptions({
  queryKey: ['counts'],
  queryFn: () => ask<CountsJson>('/v1/counts'),
});
export const behavioursQuery = queryOptions({
  queryKey: ['behaviours'],
  queryFn: () => ask<List<BehaviourJson>>('/v1/behaviours'),
  staleTime: 300_000,
});
export const wordsQuery = (id: string) =>
  queryOptions({
    queryKey: ['words', id],
    queryFn: () => ask<WordsJson>(`/v1/behaviours/${encodeURIComponent(id)}/words`),
    staleTime: 300_000,
  });
export const packCheckQuery = (id: string) =>
  queryOptions({
    queryKey: ['pack-check', id],
    queryFn: () => ask<PackCheckJson>(`/v1/behaviours/${encodeURIComponent(id)}/check`),
    staleTime: 300_000,
  });
export const coverageQuery = queryOptions({
  queryKey: ['coverage'],
  queryFn: () => ask<CoverageJson>('/v1/owners/coverage'),
});
export const sourcesQuery = queryOptions({
  queryKey: ['sources'],
  queryFn: () => ask<List<SourceJson>>('/v1/sources'),
});
export const storyQuery = (id: string) =>
  queryOptions({
    queryKey: ['loop', id],
    queryFn: () => ask<StoryJson>(`/v1/loops/${encodeURIComponent(id)}`),
  });
export const messageQuery = (id: string) =>
  queryOptions({
    queryKey: ['message', id],
    queryFn: () => ask<SentMessage>(`/v1/messages/${encodeURIComponent(id)}`),
    staleTime: 300_000,
  });

/** How one gets in is nobody's secret, and is on the screen while what others may not see is forgotten. */
export const signInWaysQuery = queryOptions({
  queryKey: ['sign-in-ways'],
  queryFn: () => ask<SignInWaysJson>('/v1/signin'),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Forgets all that was read under a session. */
export function forgetAll(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== signInWaysQuery.queryKey[0] });
}

type Filter = Readonly<Record<string, string | number | undefined>>;

export const loopsQuery = (filter: Filter) =>
  queryOptions({
    queryKey: ['loops', filter],
    queryFn: () => ask<Page<LoopJson>>(`/v1/loops${queryText(filter)}`),
    placeholderData: keepPreviousData,
  });
export const messagesQuery = (filter: Filter) =>
  queryOptions({
    queryKey: ['messages', filter],
    queryFn: () => ask<Page<MessageJson>>(`/v1/messages${queryText(filter)}`),
  });

export function queryText(filter: Filter): string {
  const given = Object.entries(filter).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
