import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { identityQuery } from '../../api/people-queries.ts';
import { meQuery } from '../../api/queries.ts';
import type { IdentityStoryJson } from '../../api/shapes.ts';
import { Block } from '../../parts/block.tsx';
import { Deed } from '../../parts/deed.tsx';
import { typedIn } from '../../parts/fields.tsx';
import { answersText, StandingTag, standingSays } from '../../parts/identity-parts.tsx';
import { may } from '../../parts/may.ts';
import { OutsideText } from '../../parts/outside-text.tsx';
import { PersonLink } from '../../parts/person-link.tsx';
import { StateTag, Title, Waiting } from '../../parts/states.tsx';
import { dayText, ownerText, plain, whenText, whereText } from '../../parts/text.ts';
import { useTitles } from '../../parts/titles.ts';
import { CandidateList } from '../../parts/why-owner.tsx';
import { Decisions } from './decisions.tsx';
import { IdentityList } from './identity-list.tsx';
import { handedOverText, NameOwnerFields, nameOwner } from './name-owner-fields.tsx';

/** One account or credential: who answers for it and why, what belongs to it, its loops. */
export function IdentityScreen() {
  const { id } = useParams({ from: '/frame/identities/$id' });
  const identity = useQuery(identityQuery(id));
  if (identity.data === undefined)
    return (
      <>
        <Title text="Identity" />
        <Waiting query={identity} />
      </>
    );
  const one = identity.data;
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/identities" search={{}} className="link">
          Identities
        </Link>
      </p>
      <Title text={plain(one.type)}>
        <OutsideText text={one.name} />
        {one.provider !== undefined && (
          <>
            {' '}
            · <OutsideText text={one.provider} />
          </>
        )}
      </Title>
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
        <div className="min-w-0 space-y-4 xl:order-2">
          <Answers one={one} />
          <Decisions rows={one.decisions} />
        </div>
        <div className="min-w-0 space-y-4 xl:order-1">
          <Why one={one} />
          <Linked one={one} />
          <Loops one={one} />
        </div>
      </div>
    </>
  );
}

function Answers({ one }: { readonly one: IdentityStoryJson }) {
  return (
    <Block title="Who answers for it">
      <p className="mb-1">
        <StandingTag standing={one.standing} />{' '}
        <span className="text-sm text-soft">{standingSays[one.standing]}</span>
      </p>
      <p className="font-medium">{answersText(one)}</p>
      {one.owner.kind === 'person' && <PersonLink id={one.owner.id} text="Their accounts" />}
      {one.owner.email !== undefined && <p className="text-sm text-soft">{one.owner.email}</p>}
      <p className="mt-1 text-sm text-soft">
        {one.isListed ? 'A directory lists it.' : 'No directory lists it.'}
        {one.lastSeenAt !== undefined && ` It was seen last on ${dayText(one.lastSeenAt)}.`}
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <NameOwner one={one} />
        {one.namedAt !== undefined && (
          <Deed
            scope="owners:write"
            text="Take it back"
            path={`/v1/identities/${one.id}/owner`}
            json={{ decision: 'take-back' }}
            says="The evidence decides again. Loops that were handed over stay where they are."
            takesReason
          />
        )}
      </div>
    </Block>
  );
}

function NameOwner({ one }: { readonly one: IdentityStoryJson }) {
  const me = useQuery(meQuery);
  const client = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const named = useMutation({
    mutationFn: (typed: Readonly<Record<string, string>>) => nameOwner(one.id, typed),
    onSuccess: async () => {
      setIsOpen(false);
      await client.invalidateQueries();
    },
  });
  if (!may(me.data, 'owners:write')) return undefined;
  if (!isOpen)
    return (
      <>
        <button type="button" className="button button-first" onClick={() => setIsOpen(true)}>
          Say who owns it …
        </button>
        {named.data !== undefined && (
          <p role="status" className="w-full text-sm">
            {handedOverText(named.data.handedOver)}.
          </p>
        )}
      </>
    );
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    named.mutate(typedIn(event.currentTarget));
  };
  return (
    <form className="w-full space-y-3 rounded-lg border border-edge p-3" onSubmit={send}>
      <p className="text-sm">
        Open loops about it are handed over, and what is reported later goes to whoever you name.
      </p>
      <NameOwnerFields />
      {named.isError && (
        <p role="alert" className="text-sm">
          {named.error.message}
        </p>
      )}
      <span className="flex flex-wrap gap-2">
        <button type="submit" className="button button-first" disabled={named.isPending}>
          Name
        </button>
        <button type="button" className="button" onClick={() => setIsOpen(false)}>
          Not now
        </button>
      </span>
    </form>
  );
}

function Why({ one }: { readonly one: IdentityStoryJson }) {
  return (
    <Block title="Why this owner">
      {one.candidates.length === 0 ? (
        <p className="text-soft">
          Nothing that is known points at anybody. Say who owns it, add an owner label where it was made, or
          name it in a catalogue.
        </p>
      ) : (
        <CandidateList candidates={one.candidates} />
      )}
    </Block>
  );
}

function Linked({ one }: { readonly one: IdentityStoryJson }) {
  const { program, linked, holder } = one;
  return (
    <Block title="Linked">
      {holder !== undefined && <p className="mb-2">By the directories it is an account of {holder.name}.</p>}
      {program !== undefined && (
        <p className="mb-2">
          It was used last by the {program.type} <OutsideText text={program.name} />
          {linked.length === 0 ? ', which used no other.' : ', which also used:'}
        </p>
      )}
      {program === undefined && holder === undefined && (
        <p className="text-soft">
          No directory says whose account it is, and no source said which program used it.
        </p>
      )}
      {linked.length > 0 && <IdentityList items={linked} />}
    </Block>
  );
}

function Loops({ one }: { readonly one: IdentityStoryJson }) {
  const titleOf = useTitles();
  return (
    <Block title="Loops about it">
      {one.loops.length === 0 ? (
        <p className="text-soft">None that you may see. It stands here because a directory lists it.</p>
      ) : (
        <ul className="divide-y divide-line">
          {one.loops.map((loop) => (
            <li key={loop.id} className="flex flex-wrap items-baseline justify-between gap-x-3 py-1.5">
              <span className="min-w-0">
                <Link to="/loops/$id" params={{ id: loop.id }} className="link">
                  {titleOf(loop.behaviour)}
                </Link>{' '}
                <span className="text-sm text-soft">
                  {[loop.caseCode, whereText(loop.where), ownerText(loop.owner), whenText(loop)]
                    .filter((text) => text !== '')
                    .join(' · ')}
                </span>
              </span>
              <StateTag state={loop.state} />
            </li>
          ))}
        </ul>
      )}
    </Block>
  );
}
