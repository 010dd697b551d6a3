import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';
import type { DecidedJson, ExceptionJson, List, PolicyRulesJson } from './shapes.ts';

export const policyRulesQuery = queryOptions({
  queryKey: ['policy-rules'],
  queryFn: () => ask<PolicyRulesJson>('/v1/policy/rules'),
});
export const policyDecisionsQuery = queryOptions({
  queryKey: ['policy-decisions'],
  queryFn: () => ask<List<DecidedJson>>('/v1/policy/decisions?days=7&limit=50'),
});
export const exceptionsQuery = queryOptions({
  queryKey: ['policy-exceptions'],
  queryFn: () => ask<List<ExceptionJson>>('/v1/policy/exceptions'),
});
