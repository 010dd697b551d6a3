import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';
import type { AccountsJson, SessionsJson, TokensJson } from './shapes.ts';

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: () => ask<SessionsJson>('/v1/sessions'),
});
export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: () => ask<TokensJson>('/v1/tokens'),
});
export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: () => ask<AccountsJson>('/v1/accounts'),
});
