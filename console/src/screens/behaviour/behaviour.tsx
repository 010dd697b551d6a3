import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { behavioursQuery } from '../../api/queries.ts';
import type { BehaviourJson } from '../../api/shapes.ts';
import { Empty, Title, Waiting } from '../../parts/states.tsx';
import { plain, spanText } from '../../parts/text.ts';
import { PackCheck } from './pack-check.tsx';
import { WordHistory } from './word-history.tsx';
import { Words } from './words.tsx';

/** One behaviour: its words with examples, what proves a fix, and where it stands in frameworks. */
export function Behaviour() {
  const { id } = useParams({ from: '/frame/behaviours/$id' });
  const behaviours = useQuery(behavioursQuery);
  const item = behaviours.data?.items.find((one) => one.id === id);
  if (behaviours.data === undefined)
    return (
      <>
        <Title text="Behaviour" />
        <Waiting query={behaviours} />
      </>
    );
  if (item === undefined)
    return (
      <>
        <Title text="Behaviour" />
        <Empty title="No behaviour has this id">
          <Link to="/behaviours" className="link">
            All behaviours
          </Link>
        </Empty>
      </>
    );
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/behaviours" className="link">
          Behaviours
        </Link>
      </p>
      <Title text={item.title}>{item.summary}</Title>
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
        <div className="min-w-0 space-y-4">
          <Words id={id} />
          <WordHistory id={id} />
          <PackCheck id={id} />
        </div>
        <Facts item={item} />
      </div>
    </>
  );
}

function Facts({ item }: { readonly item: BehaviourJson }) {
  return (
    <div className="space-y-4">
      <section className="card">
        <h2 className="mb-2">Course</h2>
        <dl className="facts">
          <dt>Version</dt>
          <dd>{item.version}</dd>
          <dt>Severity</dt>
          <dd>{plain(item.severity)}</dd>
          <dt>Partly fixed</dt>
          <dd>{item.proof.observed.map(plain).join(', ') || '–'}</dd>
          <dt>Fixed</dt>
          <dd>{item.proof.verified.map(plain).join(', ') || '–'}</dd>
          <dt>Holds after</dt>
          <dd>{spanText(item.holdWindow)}</dd>
          <dt>Relapse within</dt>
          <dd>{spanText(item.relapseWindow)}</dd>
          <dt>Answers</dt>
          <dd>{item.answers.map(plain).join(', ')}</dd>
        </dl>
        {item.ladder.length > 0 && (
          <>
            <h3 className="mt-3 mb-1 text-sm text-soft">When nobody answers</h3>
            <ol className="list-decimal ps-5">
              {item.ladder.map((step) => (
                <li key={`${step.moment} ${step.after}`}>
                  {plain(step.moment)} to {plain(step.to).toLowerCase()} after {spanText(step.after)}
                </li>
              ))}
            </ol>
          </>
        )}
        <p className="mt-3">
          <Link to="/loops" search={{ behaviour: item.id }} className="link">
            Its loops
          </Link>
          {' · '}
          <Link to="/experiments" className="link">
            Experiments with words
          </Link>
        </p>
      </section>
      <section className="card">
        <h2 className="mb-2">Frameworks</h2>
        {item.frameworks.length === 0 ? (
          <p className="text-soft">It is mapped to none.</p>
        ) : (
          <ul className="space-y-1">
            {item.frameworks.map((mapped) => (
              <li key={`${mapped.framework} ${mapped.id}`}>
                <span className="font-medium">
                  {mapped.framework} {mapped.id}
                </span>
                <br />
                <span className="text-sm text-soft">
                  {mapped.title}, {mapped.edition}
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}
