import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';
import { queryText } from './queries.ts';
import type { ControlJson, ControlStoryJson, FrameworksJson, List } from './shapes.ts';

export type ControlFilter = {
  readonly state?: ControlJson['state'];
  readonly behaviour?: string;
};

export const controlsQuery = (filter: ControlFilter) =>
  queryOptions({
    queryKey: ['controls', filter],
    queryFn: () => ask<List<ControlJson>>(`/v1/controls${queryText(filter)}`),
  });
export const controlQuery = (id: string) =>
  queryOptions({
    queryKey: ['control', id],
    queryFn: () => ask<ControlStoryJson>(`/v1/controls/${encodeURIComponent(id)}`),
  });
export const frameworksQuery = queryOptions({
  queryKey: ['frameworks'],
  queryFn: () => ask<FrameworksJson>('/v1/coverage'),
});
