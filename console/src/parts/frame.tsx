import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useId, useRef } from 'react';
import { ask } from '../api/ask.ts';
import { forgetAll, meQuery, signInWaysQuery } from '../api/queries.ts';
import { useLive } from './live.ts';
import { may } from './may.ts';
import { placeGroups } from './places.ts';
import { Waiting } from './states.tsx';

/** What stands around every screen. Without a session the API sends whoever comes to the sign-in screen. */
export function Frame() {
  const me = useQuery(meQuery);
  const client = useQueryClient();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const places = useRef<HTMLElement>(null);
  // On a phone the places are one row that scrolls: the one that is open is in sight.
  useEffect(() => {
    const row = places.current;
    const open = row?.querySelector<HTMLElement>('[aria-current=page]');
    if (row && open)
      row.scrollLeft = open.offsetLeft - row.offsetLeft - (row.clientWidth - open.clientWidth) / 2;
  }, [pathname, me.data === undefined]);
  useLive(may(me.data, 'loops:read'));
  const signOut = useMutation({
    mutationFn: () => ask('/v1/session', { method: 'DELETE' }),
    onSuccess: async () => {
      const { singleSignOn } = await client.fetchQuery(signInWaysQuery);
      if (singleSignOn === undefined) await navigate({ to: '/sign-in', search: {} });
      // The provider may still know this browser; that page says so, and leads to its sign-out.
      else window.location.assign('/signout');
      forgetAll(client);
    },
  });
  if (me.data === undefined)
    return (
      <main className="mx-auto max-w-xl p-6">
        <Waiting query={me} />
      </main>
    );
  return (
    <div className="frame mx-auto max-w-7xl lg:grid lg:grid-cols-[13rem_1fr] lg:gap-6 lg:px-4">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:bg-card focus:p-3">
        Skip to the content
      </a>
      <header className="border-b border-line px-4 pt-3 lg:border-b-0 lg:px-0 lg:pt-6">
        <p className="flex items-center gap-2 font-semibold">
          <Mark />
          <span className="shrink-0">Foldback</span>
          <span className="min-w-0 truncate font-normal text-soft lg:hidden">· {me.data.organisation}</span>
        </p>
        <nav ref={places} aria-label="Screens" className="-mx-1 mt-2 overflow-x-auto lg:mt-5">
          <div className="flex gap-0.5 p-1 lg:flex-col lg:gap-4">
            {placeGroups.map(({ title, places }) => (
              <Group key={title} title={title} places={places.filter(({ scope }) => may(me.data, scope))} />
            ))}
          </div>
        </nav>
        <div className="mt-6 hidden text-sm text-soft lg:block">
          <p>{me.data.organisation}</p>
          <p>Signed in as {me.data.name}</p>
          <p className="mb-2">
            <Link to="/account" className="link">
              Your account
            </Link>
          </p>
          <SignOut onPress={() => signOut.mutate()} isBusy={signOut.isPending} />
        </div>
      </header>
      <div className="min-w-0">
        {me.data.isDemonstration === true && (
          <p
            role="note"
            className="border-b border-tint-line bg-tint px-4 py-2 text-sm lg:mt-4 lg:rounded-lg lg:border"
          >
            Demonstration: the company is invented, nothing leaves this machine, and nothing is kept. Whatever
            you try here is undone when it stops.
          </p>
        )}
        {me.data.mode === 'shadow' && (
          <p
            role="note"
            className="border-b border-note-line bg-note px-4 py-2 text-sm text-note-ink lg:mt-4 lg:rounded-lg lg:border"
          >
            Shadow: messages are written and shown here, and nobody is told. When they read right, turn single
            behaviours and teams live under{' '}
            <Link to="/channels" className="underline underline-offset-2">
              Channels
            </Link>
            , or all of it by <code>delivery.mode</code>.
          </p>
        )}
        <main id="main" className="px-4 py-5 lg:px-0 lg:py-6">
          <Outlet />
        </main>
        <footer className="flex items-center justify-between gap-4 px-4 pb-8 text-sm text-soft lg:hidden">
          <span>
            Signed in as {me.data.name}
            <br />
            <Link to="/account" className="link">
              Your account
            </Link>
          </span>
          <SignOut onPress={() => signOut.mutate()} isBusy={signOut.isPending} />
        </footer>
      </div>
    </div>
  );
}

type Place = (typeof placeGroups)[number]['places'][number];

function Group({ title, places }: { readonly title: string; readonly places: readonly Place[] }) {
  const id = useId();
  if (places.length === 0) return undefined;
  return (
    <div>
      <p id={id} className="hidden text-xs text-soft lg:mb-1 lg:block">
        {title}
      </p>
      <ul className="flex gap-0.5 lg:flex-col" aria-labelledby={id}>
        {places.map(({ to, text }) => (
          <li key={to}>
            <Link
              to={to}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              className="block rounded-lg px-2 py-1.5 text-sm lg:px-3 lg:text-[length:inherit] whitespace-nowrap hover:bg-tint aria-[current=page]:bg-tint aria-[current=page]:font-semibold aria-[current=page]:text-accent"
            >
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

function SignOut({ onPress, isBusy }: { readonly onPress: () => void; readonly isBusy: boolean }) {
  return (
    <button type="button" className="link cursor-pointer" disabled={isBusy} onClick={onPress}>
      Sign out
    </button>
  );
}

export function Mark() {
  return (
    <svg
      viewBox="0 0 20 20"
      className="size-5 shrink-0 text-accent"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M16.5 10a6.5 6.5 0 1 1-2.2-4.9" />
      <path d="M14.8 1.8v3.6h-3.6" />
    </svg>
  );
}
