import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { coverageQuery } from '../api/queries.ts';
import { Empty, Title, Waiting } from '../parts/states.tsx';
import { percent, plain } from '../parts/text.ts';
import { WhyOwner } from '../parts/why-owner.tsx';

/** For how much of what happened somebody is known to answer. */
export function Owners() {
  const coverage = useQuery(coverageQuery);
  if (coverage.data === undefined)
    return (
      <>
        <Title text="Owners" />
        <Waiting query={coverage} />
      </>
    );
  const { n, person, team, unknown, identities } = coverage.data;
  const rows = [
    { says: 'A person is known', count: person },
    { says: 'A team is known', count: team },
    { says: 'Nobody is known', count: unknown },
  ];
  return (
    <>
      <Title text="Owners">
        For how many loops somebody is known to answer. Where nobody is, the duty role is asked.
      </Title>
      {n === 0 ? (
        <Empty title="There is nothing to own yet">
          <p>
            As soon as a source reports something, its owner is sought: in commits, CODEOWNERS, directories
            and exports. Bring people in with a people file or from your identity provider.
          </p>
        </Empty>
      ) : (
        <div className="space-y-4">
          <section className="card overflow-x-auto">
            <table className="w-full text-start">
              <caption className="mb-2 text-start font-semibold">Loops, n = {n.toLocaleString()}</caption>
              <thead>
                <tr className="text-sm text-soft">
                  <th scope="col" className="py-1 text-start font-normal">
                    Owner
                  </th>
                  <th scope="col" className="py-1 text-end font-normal">
                    Loops
                  </th>
                  <th scope="col" className="py-1 text-end font-normal">
                    Share
                  </th>
                </tr>
              </thead>
              <tbody className="tabular-nums">
                {rows.map(({ says, count }) => (
                  <tr key={says} className="border-t border-line">
                    <th scope="row" className="py-2 text-start font-normal">
                      {says}
                    </th>
                    <td className="py-2 text-end">{count.toLocaleString()}</td>
                    <td className="py-2 text-end">{percent(count / n)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {unknown > 0 && (
              <p className="mt-3">
                <Link to="/loops" search={{ ownerKind: 'unknown' }} className="link">
                  Loops of which nobody is known
                </Link>
              </p>
            )}
          </section>
          <WhyOwner />
          {identities.length > 0 && <Identities rows={identities} />}
        </div>
      )}
    </>
  );
}

function Identities({
  rows,
}: {
  readonly rows: readonly {
    readonly type: string;
    readonly n: number;
    readonly owned: number;
    readonly guessed: number;
    readonly orphaned: number;
  }[];
}) {
  return (
    <section className="card overflow-x-auto">
      <table className="w-full">
        <caption className="mb-2 text-start font-semibold">Accounts and credentials</caption>
        <thead>
          <tr className="text-sm text-soft">
            {['Type', 'All', 'Owned', 'Guessed', 'Orphaned'].map((title, index) => (
              <th
                key={title}
                scope="col"
                className={`py-1 ps-3 font-normal first:ps-0 ${index === 0 ? 'text-start' : 'text-end'}`}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="tabular-nums">
          {rows.map((row) => (
            <tr key={row.type} className="border-t border-line">
              <th scope="row" className="py-2 text-start font-normal">
                {plain(row.type)}
              </th>
              {[row.n, row.owned, row.guessed, row.orphaned].map((count, index) => (
                <td key={index} className="py-2 ps-3 text-end">
                  {count.toLocaleString()}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mt-3 text-sm text-soft">
        Owned: the evidence says so. Guessed: under the threshold, so the team or the duty role is asked.
        Orphaned: its owner has left.
      </p>
    </section>
  );
}
