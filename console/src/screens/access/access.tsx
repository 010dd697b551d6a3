import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sessionsQuery } from '../../api/access-queries.ts';
import { Title, Waiting } from '../../parts/states.tsx';
import { Accounts } from './accounts.tsx';
import { BrowserList } from './browser-list.tsx';
import { Tokens } from './tokens.tsx';

/** Who is signed in and what opens the doors; whoever runs Foldback ends it here. */
export function Access() {
  return (
    <>
      <Title text="Access">
        Who is signed in, who may sign in, and which tokens open the doors. What is ended here is ended with
        the next request, and stands in the{' '}
        <Link to="/audit" search={{}} className="link">
          audit
        </Link>
        .
      </Title>
      <div className="space-y-4">
        <Browsers />
        <Accounts />
        <Tokens />
      </div>
    </>
  );
}

function Browsers() {
  const sessions = useQuery(sessionsQuery);
  return (
    <section className="card min-w-0">
      <h2 className="mb-1">Signed in now</h2>
      <p className="mb-3 max-w-prose text-sm text-soft">
        Browsers of people, and of whoever signed in with a token. Signing others out asks for a sign-in of
        the last ten minutes.
      </p>
      {sessions.data === undefined ? (
        <Waiting query={sessions} />
      ) : (
        <BrowserList items={sessions.data.items} isNamed />
      )}
    </section>
  );
}
