import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import type { FormEvent, ReactNode } from 'react';
import { ask } from '../api/ask.ts';
import { meQuery, signInWaysQuery } from '../api/queries.ts';
import type { CallerJson } from '../api/shapes.ts';
import { Refusal, typedIn } from '../parts/fields.tsx';
import { Mark } from '../parts/frame.tsx';
import { Title } from '../parts/states.tsx';

type Given =
  | { readonly token: string }
  | { readonly account: string; readonly password: string; readonly code?: string };

/** By single sign-on, by name and password, or by a token: each gives the same session in a cookie that no script reads. */
export function SignIn() {
  const { next } = useSearch({ from: '/sign-in' });
  const ways = useQuery(signInWaysQuery);
  const single = ways.data?.singleSignOn;
  return (
    <main className="mx-auto max-w-md px-4 py-10 sm:py-16">
      <p className="mb-6 flex items-center gap-2 font-semibold">
        <Mark />
        Foldback
      </p>
      <div className="card space-y-5">
        <Title text="Sign in">A session in this browser. Nothing that you type is kept in it.</Title>
        {single !== undefined && (
          <a
            className="button button-first w-full"
            href={`${single.path}?${new URLSearchParams({ next: consolePath(next) })}`}
          >
            Go on with {single.name}
          </a>
        )}
        {ways.data?.hasAccounts === true && (
          <>
            <Way
              title="With name and password"
              next={next}
              given={({ account = '', password = '', code }) => ({
                account,
                password,
                ...(code === undefined ? {} : { code }),
              })}
            >
              <Field name="account" label="Name" autoComplete="username" />
              <Field name="password" label="Password" type="password" autoComplete="current-password" />
              <Field
                name="code"
                label="Code, where your account has a second factor"
                autoComplete="one-time-code"
                isOptional
              />
            </Way>
            <p className="text-sm text-soft">
              A second factor is set up on{' '}
              <a href="/signin" className="link">
                the page for signing in
              </a>
              .
            </p>
          </>
        )}
        {ways.data?.hasTokens !== false && (
          <Way title="With an API token" next={next} given={({ token = '' }) => ({ token })}>
            <Field name="token" label="Token" type="password" autoComplete="off" placeholder="fbl_live_…" />
          </Way>
        )}
      </div>
      <div className="mt-5 space-y-2 text-sm text-soft">
        <h2 className="text-ink">No way in yet?</h2>
        <p>
          On a new installation open the claim link that <code>foldback serve</code> printed when it started:
          it makes the first administrator.
        </p>
        <p>
          Later, an administrator makes an account with <code>foldback admin create</code>, or a token with{' '}
          <code>foldback admin token</code>.
        </p>
      </div>
    </main>
  );
}

/** The path of a screen without its filters: single sign-on takes no more along. */
function consolePath(next: string | undefined): string {
  const path = (next ?? '/').split('?')[0] ?? '/';
  return `/console${path.replace(/^\/console(?=\/|$)/u, '').replace(/\/$/u, '')}`;
}

function Way(props: {
  readonly title: string;
  readonly next: string | undefined;
  readonly given: (typed: Readonly<Record<string, string>>) => Given;
  readonly children: ReactNode;
}) {
  const { title, next, given, children } = props;
  const navigate = useNavigate();
  const router = useRouter();
  const client = useQueryClient();
  const signIn = useMutation({
    mutationFn: (json: Given) => ask<CallerJson>('/v1/session', { json }),
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
    const password = new FormData(event.currentTarget).get('password');
    // A password may begin or end with a space.
    signIn.mutate(
      given({ ...typedIn(event.currentTarget), ...(typeof password === 'string' ? { password } : {}) }),
    );
  };
  return (
    <form onSubmit={submit} className="space-y-3 border-t border-line pt-4">
      <h2>{title}</h2>
      {children}
      <Refusal text={signIn.error?.message} />
      <button type="submit" className="button w-full" disabled={signIn.isPending}>
        {signIn.isPending ? 'Signing in …' : 'Sign in'}
      </button>
    </form>
  );
}

function Field(given: {
  readonly name: string;
  readonly label: string;
  readonly type?: string;
  readonly autoComplete: string;
  readonly placeholder?: string;
  readonly isOptional?: boolean;
}) {
  const { label, isOptional = false, ...input } = given;
  return (
    <label className="block">
      <span className="mb-1 block text-sm text-soft">{label}</span>
      <input
        className="field"
        required={!isOptional}
        maxLength={512}
        autoCapitalize="off"
        spellCheck={false}
        {...input}
      />
    </label>
  );
}
