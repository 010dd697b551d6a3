import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';
import { queryText } from './queries.ts';
import type {
  AuditEntryJson,
  AuditHeadsJson,
  ChainCheckJson,
  ChannelsJson,
  Listed,
  PauseJson,
  RolloutJson,
  ShadowJson,
} from './shapes.ts';

export type AuditFilter = { readonly kind?: string; readonly by?: string; readonly before?: number };

export const channelsQuery = (since?: string) =>
  queryOptions({
    queryKey: ['channels', since],
    queryFn: () => ask<ChannelsJson>(`/v1/channels${queryText({ since })}`),
  });
export const pauseQuery = queryOptions({
  queryKey: ['pause'],
  queryFn: () => ask<PauseJson>('/v1/pause'),
});
export const rolloutQuery = queryOptions({
  queryKey: ['rollout'],
  queryFn: () => ask<RolloutJson>('/v1/rollout'),
});
export const shadowQuery = queryOptions({
  queryKey: ['shadow'],
  queryFn: () => ask<ShadowJson>('/v1/shadow'),
});
export const auditQuery = (filter: AuditFilter) =>
  queryOptions({
    queryKey: ['audit', filter],
    queryFn: () => ask<Listed<AuditEntryJson, number>>(`/v1/audit${queryText({ ...filter, limit: 50 })}`),
    placeholderData: keepPreviousData,
  });
/** Read when somebody asks for it, never by itself: a long chain takes a while. */
export const chainCheckQuery = (path: string) =>
  queryOptions({
    queryKey: ['chain-check', path],
    queryFn: () => ask<ChainCheckJson>(path),
    enabled: false,
    gcTime: 0,
    retry: false,
  });
export const auditHeadsQuery = queryOptions({
  queryKey: ['audit-heads'],
  queryFn: () => ask<AuditHeadsJson>('/v1/audit/heads'),
});
