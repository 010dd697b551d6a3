import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { experimentsQuery } from '../api/measure-queries.ts';
import type { ExperimentJson } from '../api/shapes.ts';
import { stateTones, Verdicts, verdictOf } from '../parts/experiment-parts.tsx';
import { Empty, Tag, Title, Waiting } from '../parts/states.tsx';
import { dayText, plain } from '../parts/text.ts';
import { useTitles } from '../parts/titles.ts';

/** What was tried with words, and what chance says about it. */
export function Experiments() {
  const experiments = useQuery(experimentsQuery);
  return (
    <>
      <Title text="Experiments">
        Chance decides who gets which words; what is counted is whether it happens again. One may look at any
        time.
      </Title>
      {experiments.data === undefined ? (
        <Waiting query={experiments} />
      ) : experiments.data.items.length === 0 ? (
        <Empty title="No experiment is registered">
          <p>
            Other words may help or harm, and no opinion tells which. Write down first what you expect, in a
            file, then register and start it: <code>foldback experiments register check-first.yaml</code>.
          </p>
          <p>It never withholds what keeps somebody safe, and nobody new gets words that do harm.</p>
        </Empty>
      ) : (
        <ul className="space-y-3">
          {experiments.data.items.map((item) => (
            <Item key={item.id} item={item} />
          ))}
        </ul>
      )}
    </>
  );
}

function Item({ item }: { readonly item: ExperimentJson }) {
  const titleOf = useTitles();
  return (
    <li className="card">
      <div className="mb-1 flex flex-wrap items-start justify-between gap-2">
        <h2>
          <Link to="/experiments/$id" params={{ id: item.id }} className="link">
            {item.document.title}
          </Link>
        </h2>
        <span className="flex flex-wrap gap-1.5">
          {verdictOf(item).map((verdict) => (
            <Tag key={verdict} tone="work">
              {plain(verdict)}
            </Tag>
          ))}
          <Tag tone={stateTones[item.state]}>{plain(item.state)}</Tag>
        </span>
      </div>
      <p className="mb-2 text-sm text-soft">
        {titleOf(item.document.behaviour)} · {plain(item.document.moment)} · registered{' '}
        {dayText(item.registeredAt)}
      </p>
      <Verdicts item={item} />
    </li>
  );
}
