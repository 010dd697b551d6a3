import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { meQuery } from '../api/queries.ts';
import { may } from './may.ts';

/** For whoever may: not even loaded before it is pressed, since each look is recorded. */
export function PersonLink({ id, text }: { readonly id: string | undefined; readonly text: string }) {
  const me = useQuery(meQuery);
  if (id === undefined || !may(me.data, 'people:read')) return undefined;
  return (
    <Link to="/people/$id" params={{ id }} preload={false} className="link text-sm">
      {text}
    </Link>
  );
}
