import { useQuery } from '@tanstack/react-query';
import { sessionsQuery } from '../../api/access-queries.ts';
import { meQuery } from '../../api/queries.ts';
import type { SessionsJson } from '../../api/shapes.ts';
import { Deed } from '../../parts/deed.tsx';
import { Title, Waiting } from '../../parts/states.tsx';
import { teamsText } from './access-text.ts';
import { BrowserList } from './browser-list.tsx';

/** One's own account: what one may do, where one is signed in, and the way to the password and second factor. */
export function Account() {
  const me = useQuery(meQuery);
  const sessions = useQuery(sessionsQuery);
  const { data } = me;
  return (
    <>
      <Title text="Your account">
        Where you are signed in. Signing another browser out asks for a sign-in of the last ten minutes.
      </Title>
      <div className="space-y-4">
        <section className="card">
          {data === undefined ? (
            <Waiting query={me} />
          ) : (
            <dl className="facts">
              <dt>Signed in as</dt>
              <dd>{data.name}</dd>
              <dt>May</dt>
              <dd>{data.scopes.length === 0 ? 'nothing yet' : data.scopes.join(', ')}</dd>
              <dt>Sees</dt>
              <dd>{teamsText(data.teams)}</dd>
            </dl>
          )}
          <p className="mt-3">
            <a href="/account" className="link">
              Password and second factor
            </a>
          </p>
        </section>
        <section className="card min-w-0">
          <h2 className="mb-2">Your browsers</h2>
          {sessions.data === undefined ? <Waiting query={sessions} /> : <Own sessions={sessions.data} />}
        </section>
      </div>
    </>
  );
}

function Own({ sessions: { items } }: { readonly sessions: SessionsJson }) {
  const here = items.find(({ isThis }) => isThis);
  const holder = (here?.person ?? here?.token)?.id;
  // An administrator is told of everybody's.
  const own = holder === undefined ? [] : items.filter((item) => (item.person ?? item.token)?.id === holder);
  return (
    <>
      <BrowserList items={own} />
      {own.length > 1 && (
        <div className="mt-3">
          <Deed
            scope={undefined}
            text="Sign out all others"
            method="DELETE"
            path="/v1/sessions"
            says="Every other browser in which you are signed in is signed out."
          />
        </div>
      )}
    </>
  );
}
