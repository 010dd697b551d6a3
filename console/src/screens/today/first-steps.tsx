import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { meQuery } from '../../api/queries.ts';
import { DropReport } from '../../parts/drop-report.tsx';
import { may } from '../../parts/may.ts';

/** Three doors into an installation in which nothing has happened yet. */
export function FirstSteps({ isEmpty }: { readonly isEmpty: boolean }) {
  const me = useQuery(meQuery);
  return (
    <section aria-label="First steps">
      <h2 className="mb-1 text-lg">{isEmpty ? 'Nothing was reported yet' : 'First steps'}</h2>
      <p className="mb-3 max-w-prose text-soft">
        {isEmpty
          ? 'What needs you appears here as soon as a source reports something. Choose a door:'
          : 'Something is there: what needs you stands below.'}
      </p>
      <ol className="grid gap-3 lg:grid-cols-3">
        <Door title="Look at a story first">
          <p className="mb-2">
            Twelve weeks of an invented company, in memory, beside this installation. Nothing leaves the
            machine, and nothing is kept.
          </p>
          <p>
            <code>npx foldback demo</code>
          </p>
        </Door>
        <Door title="Drop a report">
          {may(me.data, 'events:write') ? (
            <DropReport />
          ) : (
            <p>
              A scanner’s report becomes history that tells nobody until it is released. It takes the right{' '}
              <code>events:write</code>: ask an administrator, or run <code>foldback import report.json</code>
              .
            </p>
          )}
        </Door>
        <Door title="Connect a source">
          <p className="mb-2">
            A scanner, a cloud’s audit log, a mail simulation: each sends by itself from then on, and owners
            are told while it is fresh.
          </p>
          {may(me.data, 'system:read') ? (
            <Link to="/sources" className="button">
              See the sources
            </Link>
          ) : (
            <p>An administrator connects them.</p>
          )}
        </Door>
      </ol>
    </section>
  );
}

function Door({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <li className="card">
      <h3 className="mb-2 font-semibold">{title}</h3>
      {children}
    </li>
  );
}
