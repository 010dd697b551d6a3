import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { meQuery, storyQuery } from '../api/queries.ts';
import type { StoryJson } from '../api/shapes.ts';
import { Block } from '../parts/block.tsx';
import { ChainCheck } from '../parts/chain-check.tsx';
import { Actions } from '../parts/loop-actions.tsx';
import { Timeline } from '../parts/loop-timeline.tsx';
import { may } from '../parts/may.ts';
import { PersonLink } from '../parts/person-link.tsx';
import { StateTag, Tag, Title, Waiting } from '../parts/states.tsx';
import { dayText, minuteText, ownerText, percent, plain, sentence, whereText } from '../parts/text.ts';

/** The whole story of one case. */
export function LoopScreen() {
  const { id } = useParams({ from: '/frame/loops/$id' });
  const story = useQuery(storyQuery(id));
  const me = useQuery(meQuery);
  if (story.data === undefined)
    return (
      <>
        <Title text="Loop" />
        <Waiting query={story} />
      </>
    );
  const loop = story.data;
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/loops" search={{}} className="link">
          Loops
        </Link>
      </p>
      <Title text={loop.title}>
        {[loop.caseCode, whereText(loop.where), loop.secret?.mask, ...loop.aliases]
          .filter((text) => text !== undefined && text !== '')
          .join(' · ')}
      </Title>
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem] xl:grid-rows-[auto_1fr]">
        <div className="min-w-0 space-y-4 xl:col-start-2">
          <Standing loop={loop} />
          <Actions loop={loop} me={me.data} />
        </div>
        <div className="min-w-0 xl:col-start-1 xl:row-span-2 xl:row-start-1">
          <Timeline loop={loop} />
        </div>
        <div className="min-w-0 space-y-4 xl:col-start-2">
          <Owner loop={loop} />
          <Proof loop={loop} />
          <Ledger loop={loop} />
        </div>
      </div>
    </>
  );
}

function Standing({ loop }: { readonly loop: StoryJson }) {
  return (
    <Block title="Where it stands">
      <p className="mb-2">
        <StateTag state={loop.state} /> {!loop.isLive && <Tag tone="quiet">History</Tag>}
      </p>
      {loop.reason !== '' && <p className="mb-2">{sentence(loop.reason)}</p>}
      {loop.next.length > 0 && (
        <>
          <h3 className="mt-3 mb-1 text-sm text-soft">Next</h3>
          <ul className="space-y-1">
            {loop.next.map(({ moment, to, dueAt }) => (
              <li key={`${moment} ${to.id}`}>
                {plain(moment)} to {to.kind === 'duty' ? 'the duty role' : to.id}, {minuteText(dueAt)}
              </li>
            ))}
          </ul>
        </>
      )}
      {loop.relapseOf !== undefined && (
        <p className="mt-2">
          It is the same habit as{' '}
          <Link to="/loops/$id" params={{ id: loop.relapseOf }} className="link">
            an earlier loop
          </Link>
          .
        </p>
      )}
      {loop.mergedInto !== undefined && (
        <p className="mt-2">
          It turned out to be{' '}
          <Link to="/loops/$id" params={{ id: loop.mergedInto }} className="link">
            another loop
          </Link>
          .
        </p>
      )}
    </Block>
  );
}

const kindSays: Readonly<Record<string, string>> = {
  'commit-author': 'Author of the commit',
  'code-owners': 'CODEOWNERS',
  codeowners: 'CODEOWNERS',
};

function Owner({ loop }: { readonly loop: StoryJson }) {
  const { owner } = loop;
  return (
    <Block title="Owner">
      <p className="font-medium">{ownerText(owner)}</p>
      {owner.email !== undefined && owner.email !== ownerText(owner) && (
        <p className="text-sm text-soft">{owner.email}</p>
      )}
      {owner.kind !== 'unknown' && (
        <p className="mt-1 text-sm">
          {plain(owner.kind)}, {percent(owner.confidence)} sure
        </p>
      )}
      {owner.kind === 'person' && <PersonLink id={owner.id} text="Their accounts" />}
      {owner.evidence.length === 0 ? (
        <p className="mt-2 text-sm text-soft">Nothing that came with it says whose it is.</p>
      ) : (
        <>
          <h3 className="mt-3 mb-1 text-sm text-soft">Why</h3>
          <ul className="space-y-2 text-sm">
            {owner.evidence.map((piece) => (
              <li key={`${piece.kind} ${piece.detail} ${piece.owner.id ?? piece.owner.email ?? ''}`}>
                <span className="font-medium">{kindSays[piece.kind] ?? plain(piece.kind)}</span>{' '}
                <span className="text-soft">weighs {piece.weight.toFixed(2)}</span>
                <span className="block">{piece.detail}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Block>
  );
}

const rungs: readonly StoryJson['rung'][] = ['claimed', 'observed', 'verified', 'held'];

function Proof({ loop }: { readonly loop: StoryJson }) {
  const { proof } = loop;
  const reached = rungs.indexOf(proof.rung);
  return (
    <Block title="Proof">
      <ol className="mb-2 grid grid-cols-4 gap-1 text-center text-sm">
        {rungs.map((rung, index) => (
          <li
            key={rung}
            className={`border-t-4 pt-1 ${index <= reached ? 'border-accent font-medium' : 'border-line text-soft'}`}
          >
            {plain(rung)}
            <span className="sr-only">{index <= reached ? ', reached' : ', not reached'}</span>
          </li>
        ))}
      </ol>
      <p>
        {proof.reason === '' ? 'Nothing shows a fix yet.' : sentence(proof.reason)}
        {proof.isAttested && ' It is a person’s word, counted apart.'}
      </p>
      {proof.holdEndsAt !== undefined && (
        <p className="mt-1 text-sm text-soft">The hold window ends {dayText(proof.holdEndsAt)}.</p>
      )}
      {proof.disprovedAt !== undefined && (
        <p className="mt-1 text-sm text-soft">A claim was disproved {minuteText(proof.disprovedAt)}.</p>
      )}
      {loop.secret !== undefined && (
        <p className="mt-1 text-sm text-soft">
          {loop.secret.validity === 'active'
            ? 'The key works.'
            : loop.secret.validity === 'inactive'
              ? 'The key no longer works.'
              : 'Whether the key works is not known.'}
          {loop.secret.checkedAt !== undefined && ` Checked ${minuteText(loop.secret.checkedAt)}.`}
        </p>
      )}
    </Block>
  );
}

const evidenceFormats = [
  ['html', 'a page'],
  ['json', 'every entry'],
  ['csv', 'a row'],
  ['oscal', 'OSCAL'],
] as const;

/** The story as a file that others can check without this server. */
function Evidence({ loop }: { readonly loop: StoryJson }) {
  const me = useQuery(meQuery);
  if (!may(me.data, 'evidence:read')) return undefined;
  return (
    <p className="mt-3 text-sm text-soft">
      Evidence, sealed:{' '}
      {evidenceFormats.map(([format, text], at) => (
        <span key={format}>
          {at > 0 && ', '}
          <a
            href={`/v1/loops/${loop.id}/evidence?format=${format}&purpose=${encodeURIComponent('from the console')}`}
            className="link"
            download
          >
            {text}
          </a>
        </span>
      ))}
      . Elsewhere it is checked with <code>foldback evidence verify</code>.
    </p>
  );
}

function Ledger({ loop }: { readonly loop: StoryJson }) {
  return (
    <Block title="Ledger">
      <p className="text-sm">
        {loop.ledger.entries} entries in one hash chain. Its head:{' '}
        <code className="break-all">{loop.ledger.head}</code>
      </p>
      <ChainCheck path={`/v1/loops/${loop.id}/ledger`} text="Check it" />
      <Evidence loop={loop} />
      {loop.frameworks.length > 0 && (
        <ul className="mt-3 space-y-0.5 text-sm text-soft">
          {loop.frameworks.map((item) => (
            <li key={`${item.framework} ${item.id}`}>
              {item.framework} {item.id} {item.title}
            </li>
          ))}
        </ul>
      )}
    </Block>
  );
}
