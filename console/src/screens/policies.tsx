import { useQuery } from '@tanstack/react-query';
import { policyDecisionsQuery, policyRulesQuery } from '../api/policy-queries.ts';
import { meQuery } from '../api/queries.ts';
import type { DecidedJson, PolicyRulesJson } from '../api/shapes.ts';
import { may } from '../parts/may.ts';
import { PolicyBench } from '../parts/policy-bench.tsx';
import { Exceptions } from '../parts/policy-exceptions.tsx';
import { PolicyRule } from '../parts/policy-rule.tsx';
import { Empty, Tag, Title, Waiting } from '../parts/states.tsx';
import { minuteText, plain } from '../parts/text.ts';

/** What is allowed at run time, in the words that whoever is refused reads. */
export function Policies() {
  const rules = useQuery(policyRulesQuery);
  const me = useQuery(meQuery);
  return (
    <>
      <Title text="Policies">
        What programs and agents are answered before they act. A denial says why, and what is open instead.
      </Title>
      {rules.data === undefined ? (
        <Waiting query={rules} />
      ) : (
        <div className="space-y-5">
          <Problems problems={rules.data.problems} />
          {rules.data.items.length === 0 ? (
            <Empty title="No policy is in force, so nothing is permitted">
              <p>
                Policies are written in Cedar and stand with their words and tests in{' '}
                <code>packs/policies</code>. Check them with <code>foldback policy check</code>; a running
                server takes over what is sound within two seconds.
              </p>
            </Empty>
          ) : (
            <>
              {may(me.data, 'policy:evaluate') && <PolicyBench rules={rules.data} />}
              {may(me.data, 'policy:approve') && <Exceptions />}
              <Rules rules={rules.data} />
            </>
          )}
          {me.data?.teams === 'all' && <Decisions />}
        </div>
      )}
    </>
  );
}

function Problems({ problems }: { readonly problems: PolicyRulesJson['problems'] }) {
  if (problems.length === 0) return undefined;
  return (
    <section role="alert" className="card border-note-line bg-note text-note-ink">
      <h2 className="mb-1">Newer policies are not sound: the old ones stay in force</h2>
      <ul className="text-sm">
        {problems.map(({ file, line, reason }) => (
          <li key={`${file} ${line} ${reason}`}>
            <code>
              {file}
              {line > 0 && `:${line}`}
            </code>{' '}
            {reason}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Rules({ rules }: { readonly rules: PolicyRulesJson }) {
  const forbids = rules.items.filter(({ effect }) => effect === 'forbid');
  const permits = rules.items.filter(({ effect }) => effect === 'permit');
  return (
    <section>
      <h2 className="mb-2">
        {forbids.length} rules forbid, {permits.length} permit
      </h2>
      <p className="mb-3 max-w-prose text-soft">
        A forbid goes before a permit, and what nothing permits is denied. Version{' '}
        <code>{rules.version}</code>.
      </p>
      <ul className="divide-y divide-line rounded-xl border border-line bg-card">
        {[...forbids, ...permits].map((rule) => (
          <PolicyRule key={rule.id} rule={rule} />
        ))}
      </ul>
    </section>
  );
}

const outcomeSays: Readonly<Record<string, string>> = {
  permitted: 'Permitted',
  forbidden: 'Forbidden',
  'nothing-permits': 'Nothing permits it',
  failed: 'Could not be decided',
  unreadable: 'Unreadable',
};

function Decisions() {
  const decisions = useQuery(policyDecisionsQuery);
  if (decisions.data === undefined) return <Waiting query={decisions} />;
  const { items } = decisions.data;
  return (
    <section>
      <h2 className="mb-2">Decisions of the last seven days</h2>
      {items.length === 0 ? (
        <Empty title="Nothing was asked">
          <p>
            Programs ask <code>POST /access/v1/evaluation</code>, agents by MCP or by{' '}
            <code>foldback hook agent</code>. Every denial stands here, and one grant of a hundred.
          </p>
        </Empty>
      ) : (
        <ul className="divide-y divide-line rounded-xl border border-line bg-card">
          {items.map((decided, at) => (
            <Decided key={`${decided.at} ${at}`} decided={decided} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Decided({ decided }: { readonly decided: DecidedJson }) {
  const { at, outcome, rule, weight, request } = decided;
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 px-4 py-2">
      <span className="min-w-0">
        {request === undefined ? 'A request' : questionText(request)}
        {rule !== undefined && (
          <span className="block text-sm text-soft">
            Rule <code>{rule}</code>
          </span>
        )}
      </span>
      <span className="text-sm sm:text-end">
        <Tag tone={outcome === 'permitted' ? 'good' : 'wait'}>{outcomeSays[outcome] ?? plain(outcome)}</Tag>{' '}
        <span className="text-soft">
          {minuteText(at)}
          {weight > 1 && `, stands for ${weight.toLocaleString()}`}
        </span>
      </span>
    </li>
  );
}

function questionText({ subject, action, resource }: NonNullable<DecidedJson['request']>): string {
  return `${subject.type} ${subject.id}: ${plain(action.name.replaceAll('_', '-')).toLowerCase()} ${resource.type} ${resource.id}`;
}
