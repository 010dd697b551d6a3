import { useQuery } from '@tanstack/react-query';
import { behavioursQuery } from '../api/queries.ts';
import { plain } from './text.ts';

/** What behaviours are called, from their ids. */
export function useTitles(): (id: string) => string {
  const behaviours = useQuery(behavioursQuery);
  return (id) => behaviours.data?.items.find((item) => item.id === id)?.title ?? plain(id);
}
