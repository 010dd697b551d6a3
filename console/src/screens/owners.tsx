import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { coverageQuery } from '../api/queries.ts';
import { OutsideText } from '../parts/outside-text.tsx';
import { Empty, Title, Waiting } from '../parts/states.tsx';
import { percent, plain } from '../parts/text.ts';
import { WhyOwner } from '../parts/why-owner.tsx';
import type { IdentitySearch } from '../router.tsx';

/** For how much of what happened somebody is known to answer. */
export function Owners() {
  const coverage = useQuery(coverageQuery);
  if (coverage.data === undefined)
    return (
      <>
        <Title text="People and identities" />
        <Waiting query={coverage} />
      </>
    );
  const { n, person, team, unknown, identities, teams } = coverage.data;
  const rows = [
    { says: 'A person is known', count: person },
    { says: 'A team is known', count: team },
    { says: 'Nobody is known', count: unknown },
  ];
  return (
    <>
      <Title text="People and identities">
        Who answers for what goes wrong, and for every account and credential. Where nobody is known, the duty
        role is asked.
      </Title>
      {n === 0 ? (
        <Empty title="There is nothing to own yet">
          <p>
            As soon as a source reports something, its owner is sought: in commits, CODEOWNERS, directories
            and exports.
          </p>
          <p>
            Bring people in with a file of people (<code>people</code> in the settings), an export of Okta or
            Microsoft Entra, a Backstage catalogue, or let your identity provider push them by SCIM. Then it
            is known whose accounts are whose, and who has left.
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
        </div>
      )}
      {identities.length > 0 && (
        <div className="mt-4 space-y-4">
          <Counts
            caption="Accounts and credentials"
            rows={identities.map((row) => ({
              ...row,
              key: row.type,
              text: plain(row.type),
              search: { type: row.type },
            }))}
          />
          {teams.length > 0 && (
            <Counts
              caption="By the team that answers, of five people and more"
              rows={teams.map((row) => ({
                ...row,
                key: row.team,
                text: row.name ?? row.team,
                search: { team: row.team },
              }))}
            />
          )}
          <p className="text-sm text-soft">
            Owned: the evidence says so. Guessed: under the threshold, so the team or the duty role is asked.
            Orphaned: nobody is named, or its owner has left.{' '}
            <Link to="/identities" search={{}} className="link">
              All identities
            </Link>
          </p>
        </div>
      )}
    </>
  );
}

type Row = {
  readonly key: string;
  readonly text: string;
  readonly search: IdentitySearch;
  readonly n: number;
  readonly owned: number;
  readonly guessed: number;
  readonly orphaned: number;
};

/** Each count leads to those that it counts. */
function Counts({ caption, rows }: { readonly caption: string; readonly rows: readonly Row[] }) {
  return (
    <section className="card overflow-x-auto">
      <table className="w-full">
        <caption className="mb-2 text-start font-semibold">{caption}</caption>
        <thead>
          <tr className="text-sm text-soft">
            <th scope="col" className="py-1 text-start font-normal">
              {caption === 'Accounts and credentials' ? 'Type' : 'Team'}
            </th>
            {['All', 'Owned', 'Guessed', 'Orphaned'].map((title) => (
              <th key={title} scope="col" className="py-1 ps-3 text-end font-normal">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="tabular-nums">
          {rows.map(({ key, text, search, ...row }) => (
            <tr key={key} className="border-t border-line">
              <th scope="row" className="py-2 text-start font-normal">
                <Link to="/identities" search={search} className="link">
                  <OutsideText text={text} />
                </Link>
              </th>
              <td className="py-2 ps-3 text-end">{row.n.toLocaleString()}</td>
              {(['owned', 'guessed', 'orphaned'] as const).map((standing) => (
                <td key={standing} className="py-2 ps-3 text-end">
                  {row[standing] === 0 ? (
                    '0'
                  ) : (
                    <Link
                      to="/identities"
                      search={{ ...search, standing }}
                      className="link"
                      aria-label={`${row[standing].toLocaleString()} ${standing}, ${text}`}
                    >
                      {row[standing].toLocaleString()}
                    </Link>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
