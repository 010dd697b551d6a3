import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ask, Problem } from '../api/ask.ts';
import { meQuery } from '../api/queries.ts';
import { may } from './may.ts';

/** Something that one does, by rights: a press, a look at what it means, with a reason where one is asked for. */
export function Deed(given: {
  /** Undefined for what everybody may do about themselves. */
  readonly scope: string | undefined;
  readonly text: string;
  /** What the press that does it says, where that is more than `text`. */
  readonly sure?: string;
  readonly path: string;
  readonly method?: 'POST' | 'DELETE';
  readonly json?: Readonly<Record<string, unknown>>;
  readonly says?: string;
  readonly takesReason?: boolean;
  readonly isFirst?: boolean;
}) {
  const { scope, text, sure = text, path, method, json, says, takesReason = false, isFirst = false } = given;
  const me = useQuery(meQuery);
  const { pathname } = useLocation();
  const client = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const deed = useMutation({
    mutationFn: (reason: string) =>
      ask(path, {
        method: method ?? 'POST',
        ...(json === undefined ? {} : { json: takesReason ? { ...json, reason } : json }),
      }),
    onSuccess: async () => {
      setIsOpen(false);
      await client.invalidateQueries();
    },
  });
  if (scope !== undefined && !may(me.data, scope)) return undefined;
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    deed.mutate(String(new FormData(event.currentTarget).get('reason') ?? ''));
  };
  if (!isOpen)
    return (
      <button
        type="button"
        className={`button ${isFirst ? 'button-first' : ''}`}
        onClick={() => setIsOpen(true)}
      >
        {text} …
      </button>
    );
  return (
    <form className="w-full rounded-lg border border-edge p-3" onSubmit={send}>
      {says !== undefined && <p className="mb-2 text-sm">{says}</p>}
      {takesReason && (
        <label className="mb-2 block">
          <span className="mb-1 block text-sm text-soft">Why</span>
          <input className="field" name="reason" required minLength={3} maxLength={300} />
        </label>
      )}
      {deed.isError && (
        <p role="alert" className="mb-2 text-sm">
          {deed.error.message}
          {deed.error instanceof Problem && deed.error.code === 'sign-in-again' && (
            <>
              {' '}
              <Link to="/sign-in" search={{ next: pathname }} className="link">
                Sign in again
              </Link>
            </>
          )}
        </p>
      )}
      <span className="flex flex-wrap gap-2">
        <button type="submit" className="button button-first" disabled={deed.isPending}>
          {sure}
        </button>
        <button type="button" className="button" onClick={() => setIsOpen(false)}>
          Not now
        </button>
      </span>
    </form>
  );
}
