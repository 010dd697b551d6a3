import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { measuresQuery } from '../api/measure-queries.ts';
import { behavioursQuery } from '../api/queries.ts';
import type { MeasuresJson } from '../api/shapes.ts';
import {
  between,
  hoursText,
  inThousand,
  numberText,
  perThousand,
  reasonText,
  shareText,
} from '../charts/figure-text.ts';
import { IntervalChart } from '../charts/interval-chart.tsx';
import { Hidden, Watermark } from '../parts/measure-parts.tsx';
import { Empty, Title, Waiting } from '../parts/states.tsx';
import { plain } from '../parts/text.ts';

type Item = MeasuresJson['items'][number];

/** Whether it comes back, behaviour by behaviour. */
export function Measures() {
  const measures = useQuery(measuresQuery);
  const behaviours = useQuery(behavioursQuery);
  const titleOf = (id: string) => behaviours.data?.items.find((item) => item.id === id)?.title ?? plain(id);
  return (
    <>
      <Title text="Measures">
        Whether it comes back. Each figure has its n and an interval, or says that there is not enough data.
      </Title>
      {measures.data === undefined ? (
        <Waiting query={measures} />
      ) : measures.data.hidden !== undefined ? (
        <Hidden />
      ) : measures.data.items.length === 0 ? (
        <Empty title="There is nothing to measure yet">
          <p>
            Figures appear with the first cases. A rate also takes the chances to fail: what was pushed,
            mailed or asked for without a mistake. The sources count it while they are connected.
          </p>
          <Link to="/sources" className="link">
            See the sources
          </Link>
        </Empty>
      ) : (
        <div className="space-y-4">
          <IntervalChart
            title="It comes back within 90 days"
            n={`${measures.data.group.people.toLocaleString()} people`}
            says="The risk of a new case within 90 days of the first one, of a person, a program or a team. Whoever left is no success."
            valueName="Risk"
            textOf={shareText}
            max={1}
            rows={measures.data.items.map(({ behaviour, recurrence }) => ({
              id: behaviour,
              label: titleOf(behaviour),
              n: recurrence.n,
              ...(recurrence.kind === 'risk'
                ? { value: recurrence.value, lower: recurrence.lower, upper: recurrence.upper }
                : { missing: reasonText(recurrence.reason) }),
            }))}
          />
          <ul className="grid gap-3 md:grid-cols-2">
            {measures.data.items.map((item) => (
              <Card key={item.behaviour} item={item} title={titleOf(item.behaviour)} />
            ))}
          </ul>
          <Watermark asOf={measures.data.asOf} watermark={measures.data.watermark} />
        </div>
      )}
    </>
  );
}

function Card({ item, title }: { readonly item: Item; readonly title: string }) {
  const { rate, fix, verified, messagesPerFix } = item;
  return (
    <li className="card">
      <h2 className="mb-2">
        <Link to="/measures/$behaviour" params={{ behaviour: item.behaviour }} className="link">
          {title}
        </Link>
      </h2>
      <dl className="facts text-sm">
        <dt>Cases</dt>
        <dd>{item.loops.toLocaleString()}</dd>
        <dt>For each chance</dt>
        <Figure
          value={rate.kind === 'rate' ? rate.value : undefined}
          bounds={rate}
          text={perThousand}
          boundText={inThousand}
          n={`${rate.failures.toLocaleString()} of ${numberText(rate.opportunities)}`}
          missing={reasonText(rate.reason)}
        />
        <dt>Half are fixed in</dt>
        <Figure
          value={fix.median}
          bounds={fix}
          text={hoursText}
          n={`n ${fix.n.toLocaleString()}`}
          missing={fix.kind === 'time' ? 'Fewer than half are.' : reasonText(undefined)}
        />
        {verified !== undefined && (
          <>
            <dt>Proven fixed</dt>
            <Figure
              value={verified.value}
              bounds={verified}
              text={shareText}
              n={`${verified.x.toLocaleString()} of ${verified.n.toLocaleString()}`}
              missing={reasonText(undefined)}
            />
          </>
        )}
        <dt>Messages for each fix</dt>
        <Figure
          value={messagesPerFix.value}
          bounds={messagesPerFix}
          text={numberText}
          n={`n ${messagesPerFix.fixes.toLocaleString()}`}
          missing={reasonText(undefined)}
        />
      </dl>
    </li>
  );
}

function Figure(given: {
  readonly value: number | undefined;
  readonly bounds: { readonly lower?: number; readonly upper?: number };
  readonly text: (value: number) => string;
  readonly boundText?: (value: number) => string;
  readonly n: string;
  readonly missing: string;
}) {
  const { value, bounds, text, boundText = text, n, missing } = given;
  const interval = between(bounds, boundText);
  if (value === undefined)
    return (
      <dd>
        <span className="text-soft">
          {missing} {n}
        </span>
      </dd>
    );
  return (
    <dd className="tabular-nums">
      {text(value)}{' '}
      <span className="text-soft">
        {interval === undefined ? '' : `(95 %: ${interval}) `}
        {n}
      </span>
    </dd>
  );
}
