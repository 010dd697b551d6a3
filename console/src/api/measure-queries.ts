import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';
import { queryText } from './queries.ts';
import type { ExperimentJson, List, MeasureJson, MeasuresJson } from './shapes.ts';

/** Figures of months do not move by the second. */
const figuresMs = 60_000;

export type MeasureFilter = {
  readonly by?: 'team' | 'kind' | 'control';
  readonly team?: string;
  readonly kind?: 'person' | 'workload' | 'agent' | 'unknown';
  readonly from?: string;
  readonly to?: string;
};

export const measuresQuery = queryOptions({
  queryKey: ['measures'],
  queryFn: () => ask<MeasuresJson>('/v1/measures'),
  staleTime: figuresMs,
});
export const measureQuery = (behaviour: string, filter: MeasureFilter) =>
  queryOptions({
    queryKey: ['measures', behaviour, filter],
    queryFn: () => ask<MeasureJson>(`/v1/measures/${encodeURIComponent(behaviour)}${queryText(filter)}`),
    placeholderData: keepPreviousData,
    staleTime: figuresMs,
  });
export const experimentsQuery = queryOptions({
  queryKey: ['experiments'],
  queryFn: () => ask<List<ExperimentJson>>('/v1/experiments'),
  staleTime: figuresMs,
});
export const experimentQuery = (id: string) =>
  queryOptions({
    queryKey: ['experiments', id],
    queryFn: () => ask<ExperimentJson>(`/v1/experiments/${encodeURIComponent(id)}`),
    staleTime: figuresMs,
  });
