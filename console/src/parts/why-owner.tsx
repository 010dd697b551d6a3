import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ask } from '../api/ask.ts';
import type { OwnersJson } from '../api/shapes.ts';
import { Labelled, typedIn } from './fields.tsx';
import { OutsideText } from './outside-text.tsx';
import { Waiting } from './states.tsx';
import { dayText, percent, plain, sentence } from './text.ts';
import { useTitles } from './titles.ts';

type Candidate = NonNullable<OwnersJson['now']>['candidates'][number];

/** Who answers for one account or credential, and by which evidence. */
export function WhyOwner() {
  const [identity, setIdentity] = useState('');
  const owners = useQuery({
    queryKey: ['owners', identity],
    queryFn: () => ask<OwnersJson>(`/v1/owners?${new URLSearchParams({ identity })}`),
    enabled: identity !== '',
  });
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setIdentity(typedIn(event.currentTarget).identity ?? '');
  };
  return (
    <section className="card">
      <h2 className="mb-2">Why this owner</h2>
      <form onSubmit={search} className="flex max-w-xl flex-wrap items-end gap-2">
        <div className="min-w-56 flex-1">
          <Labelled label="Account, credential or case code">
            <input className="field" name="identity" required maxLength={300} />
          </Labelled>
        </div>
        <button type="submit" className="button">
          Explain
        </button>
      </form>
      {identity !== '' && (
        <div className="mt-3">
          {owners.data === undefined ? <Waiting query={owners} /> : <Explained owners={owners.data} />}
        </div>
      )}
    </section>
  );
}

function Explained({ owners: { items, now } }: { readonly owners: OwnersJson }) {
  const titleOf = useTitles();
  if (items.length === 0 && now === undefined)
    return <p role="status">Nothing of this name is in a loop or a directory.</p>;
  return (
    <div className="space-y-3">
      {now !== undefined && (
        <>
          <p role="status">
            {plain(now.standing)}: {now.candidates.length.toLocaleString()}{' '}
            {now.candidates.length === 1 ? 'candidate' : 'candidates'} by what is known now.
          </p>
          <CandidateList candidates={now.candidates} />
        </>
      )}
      {items.length > 0 && (
        <ul className="text-sm">
          {items.map(({ loop, caseCode, behaviour, lastOccurredAt }) => (
            <li key={loop}>
              <Link to="/loops/$id" params={{ id: loop }} className="link">
                {titleOf(behaviour)}
              </Link>{' '}
              <span className="text-soft">
                {caseCode} · {dayText(lastOccurredAt)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Who may answer, the best first, each with its evidence. */
export function CandidateList({ candidates }: { readonly candidates: readonly Candidate[] }) {
  return (
    <ol className="space-y-2">
      {candidates.map((candidate, at) => (
        <One key={`${at} ${candidate.owner.id}`} candidate={candidate} />
      ))}
    </ol>
  );
}

function One({ candidate: { owner, confidence, evidence } }: { readonly candidate: Candidate }) {
  return (
    <li className="border-t border-line pt-2">
      <p>
        <span className="font-medium">
          <OutsideText text={owner.name ?? owner.email ?? owner.id ?? 'Somebody'} />
        </span>{' '}
        <span className="text-soft">
          {plain(owner.kind)}, {percent(confidence)} sure{owner.isActive === false && ', has left'}
        </span>
      </p>
      <ul className="text-sm">
        {evidence.map((piece) => (
          <li key={`${piece.kind} ${piece.detail}`}>
            {piece.detail}{' '}
            <span className="text-soft">
              {sentence(piece.says)} It weighs {piece.weight.toFixed(2)}; {piece.because}
            </span>
          </li>
        ))}
      </ul>
    </li>
  );
}
