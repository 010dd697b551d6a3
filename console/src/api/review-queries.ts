import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';
import { queryText } from './queries.ts';
import type { List, ReviewJson, ReviewStoryJson } from './shapes.ts';

export type ReviewFilter = { readonly state?: ReviewJson['state'] };

export const reviewsQuery = (filter: ReviewFilter) =>
  queryOptions({
    queryKey: ['reviews', filter],
    queryFn: () => ask<List<ReviewJson>>(`/v1/reviews${queryText(filter)}`),
  });
export const reviewQuery = (id: string) =>
  queryOptions({
    queryKey: ['review', id],
    queryFn: () => ask<ReviewStoryJson>(`/v1/reviews/${encodeURIComponent(id)}`),
  });
