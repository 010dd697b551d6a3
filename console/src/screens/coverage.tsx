import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { frameworksQuery } from '../api/control-queries.ts';
import type { FrameworksJson } from '../api/shapes.ts';
import { Empty, Tag, Title, Waiting } from '../parts/states.tsx';
import { dayText } from '../parts/text.ts';
import { useTitles } from '../parts/titles.ts';

type Framework = FrameworksJson['items'][number];
type Item = Framework['items'][number];

/** What of each framework behaviours bear on, what happened there, and where nothing looks. */
export function Coverage() {
  const coverage = useQuery(frameworksQuery);
  return (
    <>
      <Title text="Coverage">
        {coverage.data === undefined
          ? 'What of each framework is looked at, and what is not.'
          : `What of each framework is looked at, and what is not. ${dayText(coverage.data.from)} to ${dayText(coverage.data.until)}.`}
      </Title>
      {coverage.data === undefined ? (
        <Waiting query={coverage} />
      ) : coverage.data.items.length === 0 ? (
        <Empty title="No framework is mapped">
          <p>The packs map behaviours to frameworks; yours hold no mapping.</p>
        </Empty>
      ) : (
        <div className="space-y-4">
          {coverage.data.items.map((framework) => (
            <One key={`${framework.framework} ${framework.edition}`} framework={framework} />
          ))}
        </div>
      )}
    </>
  );
}

function One({ framework }: { readonly framework: Framework }) {
  const { items, gaps, title, edition, notes } = framework;
  return (
    <section className="card min-w-0">
      <h2>
        {title} <span className="font-normal text-soft">{edition}</span>
      </h2>
      <p className="mb-2 text-sm text-soft">
        {(items.length - gaps.length).toLocaleString()} of {items.length.toLocaleString()} items have a
        behaviour; {gaps.length.toLocaleString()} are gaps.
      </p>
      {notes.map((note) => (
        <p key={note} className="mb-2 max-w-prose text-sm text-soft">
          {note}
        </p>
      ))}
      <ul className="divide-y divide-line">
        {items
          .filter(({ id }) => !gaps.includes(id))
          .map((item) => (
            <Row key={item.id} item={item} isGap={false} />
          ))}
      </ul>
      {gaps.length > 0 && (
        <details className="mt-2 border-t border-line pt-2">
          <summary className="cursor-pointer font-medium">
            {gaps.length.toLocaleString()} {gaps.length === 1 ? 'gap' : 'gaps'}
          </summary>
          <ul className="divide-y divide-line">
            {items
              .filter(({ id }) => gaps.includes(id))
              .map((item) => (
                <Row key={item.id} item={item} isGap />
              ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Row({ item, isGap }: { readonly item: Item; readonly isGap: boolean }) {
  const titleOf = useTitles();
  const tone = isGap ? 'wait' : item.loops > 0 ? 'good' : 'quiet';
  const says = isGap ? 'Gap' : item.loops > 0 ? 'Seen' : 'Silent';
  return (
    <li className="grid gap-x-4 gap-y-1 py-2 sm:grid-cols-[1fr_max-content]">
      <span className="min-w-0">
        <span className="font-medium">{item.id}</span> {item.title}
        <span className="block text-sm text-soft">
          {isGap
            ? 'No behaviour bears on it.'
            : item.behaviours.map((id, at) => (
                <span key={id}>
                  {at > 0 && ', '}
                  <Link to="/behaviours/$id" params={{ id }} className="link">
                    {titleOf(id)}
                  </Link>
                </span>
              ))}
        </span>
      </span>
      <span className="text-sm sm:text-end">
        <Tag tone={tone}>{says}</Tag>
        {!isGap && (
          <span className="mt-1 block text-soft tabular-nums">
            {item.loops.toLocaleString()} cases, {item.verified.toLocaleString()} fixed,{' '}
            {item.held.toLocaleString()} held
          </span>
        )}
        {item.controls.map((id, at) => (
          <Link key={id} to="/controls/$id" params={{ id }} className="link block">
            Control in force{item.controls.length > 1 && ` ${at + 1}`}
          </Link>
        ))}
      </span>
    </li>
  );
}
