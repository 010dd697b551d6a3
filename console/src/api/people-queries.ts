import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { IdentitySearch } from '../router.tsx';
import { ask } from './ask.ts';
import type { IdentitiesJson, IdentityStoryJson, PersonJson } from './shapes.ts';

export const identitiesQuery = (search: IdentitySearch & { readonly limit: number }) =>
  queryOptions({
    queryKey: ['identities', search],
    queryFn: () => {
      const filled = Object.entries(search).map(([name, value]): [string, string] => [name, String(value)]);
      return ask<IdentitiesJson>(`/v1/identities?${new URLSearchParams(filled)}`);
    },
    placeholderData: keepPreviousData,
  });
export const identityQuery = (id: string) =>
  queryOptions({
    queryKey: ['identity', id],
    queryFn: () => ask<IdentityStoryJson>(`/v1/identities/${encodeURIComponent(id)}`),
  });
/** Each look is recorded: it is asked for once, and not again with every change elsewhere. */
export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['person', id],
    queryFn: () => ask<PersonJson>(`/v1/people/${encodeURIComponent(id)}`),
    staleTime: 300_000,
    refetchOnWindowFocus: false,
  });
