import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { personQuery } from '../../api/people-queries.ts';
import type { PersonJson } from '../../api/shapes.ts';
import { Deed } from '../../parts/deed.tsx';
import { OutsideText } from '../../parts/outside-text.tsx';
import { Tag, Title, Waiting } from '../../parts/states.tsx';
import { plain } from '../../parts/text.ts';
import { Decisions } from './decisions.tsx';

/** What directories say of one person, and which accounts are theirs by whose word. */
export function PersonScreen() {
  const { id } = useParams({ from: '/frame/people/$id' });
  const person = useQuery(personQuery(id));
  if (person.data === undefined)
    return (
      <>
        <Title text="Person" />
        <Waiting query={person} />
      </>
    );
  const one = person.data;
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/owners" className="link">
          People and identities
        </Link>
      </p>
      <Title text={one.name}>That you looked here is recorded. Nothing here counts or rates anybody.</Title>
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
        <div className="min-w-0 space-y-4 xl:order-2">
          <Said one={one} />
          <Decisions rows={one.decisions} />
        </div>
        <div className="min-w-0 space-y-4 xl:order-1">
          <Links one={one} />
        </div>
      </div>
    </>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="flex flex-wrap gap-x-3 py-1">
      <dt className="w-28 text-soft">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}

const nameOf = ({ id, name }: { readonly id: string; readonly name?: string }): string => name ?? id;

function Said({ one }: { readonly one: PersonJson }) {
  return (
    <section className="card">
      <h2 className="mb-2">What directories say</h2>
      <p className="mb-2">
        <Tag tone={one.isActive ? 'good' : 'wait'}>{one.isActive ? 'Works here' : 'Has left'}</Tag>{' '}
        {one.isDuty && <Tag tone="quiet">Duty</Tag>}
      </p>
      <dl className="text-sm">
        {one.team !== undefined && <Row label="Team">{nameOf(one.team)}</Row>}
        {one.manager !== undefined && <Row label="Manager">{nameOf(one.manager)}</Row>}
        {one.timeZone !== undefined && <Row label="Time zone">{one.timeZone}</Row>}
        {one.language !== undefined && <Row label="Language">{one.language}</Row>}
        {one.away.map(({ from, until, standIn }) => (
          <Row key={`${from} ${until}`} label="Away">
            {from} to {until}
            {standIn !== undefined && `, ${nameOf(standIn)} stands in`}
          </Row>
        ))}
        {one.entries.map(({ directory, id }) => (
          <Row key={`${directory} ${id}`} label={plain(directory)}>
            <OutsideText text={id} />
          </Row>
        ))}
      </dl>
      <p className="mt-3 text-sm">
        <Link to="/identities" search={{ owner: one.id }} className="link">
          Identities that they answer for
        </Link>
      </p>
    </section>
  );
}

function Links({ one }: { readonly one: PersonJson }) {
  return (
    <section className="card">
      <h2 className="mb-1">Linked accounts</h2>
      <p className="mb-3 max-w-prose text-sm text-soft">
        Addresses and accounts that count as theirs, and which entry of which directory says so. Correct it in
        the directory where you can; say here that one is not theirs, and it counts no more from now on.
      </p>
      {one.links.length === 0 ? (
        <p className="text-soft">No directory gives an address or account.</p>
      ) : (
        <ul className="divide-y divide-line">
          {one.links.map((link) => (
            <li key={`${link.system} ${link.name}`} className="py-2">
              <p>
                <span className="text-sm text-soft">{plain(link.system)}</span>{' '}
                {link.identity === undefined ? (
                  <span className="font-medium">
                    <OutsideText text={link.name} />
                  </span>
                ) : (
                  <Link to="/identities/$id" params={{ id: link.identity }} className="link font-medium">
                    <OutsideText text={link.name} />
                  </Link>
                )}{' '}
                {!link.isTheirs && <Tag tone="wait">Not theirs</Tag>}
              </p>
              <ul className="space-y-1 text-sm">
                {link.sources.map(({ directory, entry, isRefused }) => (
                  <li
                    key={`${directory} ${entry}`}
                    className="flex flex-wrap items-center justify-between gap-2"
                  >
                    <span className="min-w-0 text-soft">
                      {plain(directory)}, entry <OutsideText text={entry} />
                      {isRefused && ', refused by an operator'}
                    </span>
                    <Deed
                      scope="owners:write"
                      text={isRefused ? 'Theirs after all' : 'Not theirs'}
                      path={`/v1/people/${encodeURIComponent(one.id)}/links`}
                      json={{
                        decision: isRefused ? 'restore' : 'refuse',
                        system: link.system,
                        name: link.name,
                        directory,
                        entry,
                      }}
                      says={
                        isRefused
                          ? 'What this directory says counts again from now on.'
                          : 'What this entry says of it counts no more. What was reported before stays as it was decided.'
                      }
                      takesReason
                    />
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
