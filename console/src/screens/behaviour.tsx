import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { behavioursQuery, wordsQuery } from '../api/queries.ts';
import type { BehaviourJson, WordsJson } from '../api/shapes.ts';
import { Empty, Tag, Title, Waiting } from '../parts/states.tsx';
import { plain, spanText } from '../parts/text.ts';

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
        <Words id={id} />
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

function Words({ id }: { readonly id: string }) {
  const words = useQuery(wordsQuery(id));
  const [language, setLanguage] = useState<string>();
  if (words.data === undefined) return <Waiting query={words} />;
  const languages = [...new Set(words.data.items.map((item) => item.language))];
  const shown = language ?? languages[0];
  return (
    <section className="card min-w-0">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <h2>What is said</h2>
        {languages.length > 1 && (
          <label className="flex items-center gap-2">
            <span className="text-sm text-soft">Language</span>
            <select
              className="field w-auto"
              value={shown}
              onChange={(event) => setLanguage(event.target.value)}
            >
              {languages.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      <p className="mb-3 text-sm text-soft">Names, places and keys are invented.</p>
      {words.data.items
        .filter((item) => item.language === shown)
        .map((item) => (
          <Sample key={item.version + item.moment} item={item} />
        ))}
    </section>
  );
}

function Sample({ item }: { readonly item: WordsJson['items'][number] }) {
  return (
    <details className="border-t border-line py-2">
      <summary className="cursor-pointer py-1">
        <span className="font-medium">{plain(item.moment)}</span>{' '}
        {item.variant !== 'usual' && <Tag tone="quiet">{item.variant}</Tag>}{' '}
        <span className="text-soft">{item.full.subject}</span>
      </summary>
      <div className="mt-2 grid gap-3 pb-2 md:grid-cols-2" lang={item.language}>
        {[
          { title: 'All is known', sample: item.full },
          { title: 'Little is known', sample: item.sparse },
        ].map(({ title, sample }) => (
          <div key={title}>
            <h3 className="mb-1 text-sm text-soft" lang="en">
              {title}, {sample.words} words
            </h3>
            <div className="rounded-lg border border-line bg-ground p-3 text-sm whitespace-pre-line">
              <p className="mb-2 font-semibold">{sample.subject}</p>
              {sample.text}
            </div>
          </div>
        ))}
      </div>
    </details>
  );
}
