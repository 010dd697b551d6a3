import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { ask } from '../api/ask.ts';
import type { ChangesJson } from '../api/shapes.ts';

/** A screen that is looked at asks this often whether anything has changed; a hidden one does not ask. */
const everyMs = 5_000;

const changesQuery = queryOptions({
  queryKey: ['changes'],
  queryFn: () => ask<ChangesJson>('/v1/changes'),
  refetchInterval: everyMs,
  retry: false,
});

/** Keeps what is shown fresh: one small question, and only after a change what stands on the screen is asked for anew. */
export function useLive(isOn: boolean): void {
  const client = useQueryClient();
  const changes = useQuery({ ...changesQuery, enabled: isOn });
  const mark = changes.data?.mark;
  const seen = useRef(mark);
  useEffect(() => {
    if (mark === seen.current) return;
    const isFirst = seen.current === undefined;
    seen.current = mark;
    if (!isFirst) void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'changes' });
  }, [mark, client]);
}
