import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { ask } from '../api/ask.ts';
import { meQuery } from '../api/queries.ts';
import type { CallerJson } from '../api/shapes.ts';
import { Mark } from '../parts/frame.tsx';
import { Title } from '../parts/states.tsx';

export function SignIn() {
  const { next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const router = useRouter();
  const client = useQueryClient();
  const signIn = useMutation({
    mutationFn: (token: string) => ask<CallerJson>('/v1/session', { json: { token } }),
    onSuccess: (me) => {
      client.setQueryData(meQuery.queryKey, me);
      // Only screens of the console: an address must lead nowhere else.
      const isOurs =
        next !== undefined && /^\/(?!\/)[\w\-./?=&%]*$/u.test(next) && !next.startsWith('/sign-in');
      if (isOurs) router.history.push(`/console${next.replace(/^\/console(?=\/|$)/u, '')}`);
      else void navigate({ to: '/' });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get('token');
    if (typeof token === 'string' && token.trim() !== '') signIn.mutate(token.trim());
  };
  return (
    <main className="mx-auto max-w-md px-4 py-10 sm:py-16">
      <p className="mb-6 flex items-center gap-2 font-semibold">
        <Mark />
        Foldback
      </p>
      <div className="card">
        <Title text="Sign in">With an API token. It is not kept in this browser.</Title>
        <form onSubmit={submit}>
          <label className="mb-4 block">
            <span className="mb-1 block font-medium">Token</span>
            <input
              className="field font-mono"
              name="token"
              type="password"
              autoComplete="current-password"
              placeholder="fbl_live_…"
              required
              aria-invalid={signIn.isError}
              aria-describedby={signIn.isError ? 'sign-in-problem' : undefined}
            />
          </label>
          {signIn.isError && (
            <p
              id="sign-in-problem"
              role="alert"
              className="mb-4 rounded-lg border border-note-line bg-note px-3 py-2 text-note-ink"
            >
              {signIn.error.message}
            </p>
          )}
          <button type="submit" className="button button-first w-full" disabled={signIn.isPending}>
            {signIn.isPending ? 'Signing in …' : 'Sign in'}
          </button>
        </form>
      </div>
      <div className="mt-5 space-y-2 text-sm text-soft">
        <h2 className="text-ink">No token yet?</h2>
        <p>
          On a new installation open the claim link that <code>foldback serve</code> printed when it started:
          it makes the first administrator.
        </p>
        <p>
          Later, run <code>foldback admin token</code> on the server. A session lasts twelve hours and ends
          when its token is revoked.
        </p>
      </div>
    </main>
  );
}
