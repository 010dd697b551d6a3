import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ask } from '../api/ask.ts';
import type { DecisionJson, PolicyRulesJson } from '../api/shapes.ts';
import { Choose, Labelled, Refusal, typedIn } from './fields.tsx';
import { said } from './policy-rule.tsx';
import { Tag } from './states.tsx';
import { plain } from './text.ts';

type Fact = PolicyRulesJson['actions'][number]['context'][number];
type Fields = Readonly<Record<string, string>>;

/** Asks a question and shows the answer with its words. It stays a question: nobody is counted for it. */
export function PolicyBench({ rules }: { readonly rules: PolicyRulesJson }) {
  const [action, setAction] = useState(rules.actions[0]?.action ?? '');
  const asked = rules.actions.find((one) => one.action === action);
  const [subject, setSubject] = useState('');
  const [resource, setResource] = useState('');
  const question = useMutation({
    mutationFn: async (json: unknown) => {
      const { evaluations } = await ask<{ evaluations: readonly DecisionJson[] }>('/access/v1/evaluations', {
        json: { evaluations: [json] },
      });
      return evaluations[0];
    },
  });
  if (asked === undefined) return undefined;
  const subjectType = asked.subjects.find((type) => type === subject) ?? asked.subjects[0] ?? '';
  const resourceType = asked.resources.find((type) => type === resource) ?? asked.resources[0] ?? '';
  const groups = [
    { place: 'subject', title: `About the ${subjectType}`, facts: rules.facts[subjectType] ?? [] },
    { place: 'resource', title: `About the ${resourceType}`, facts: rules.facts[resourceType] ?? [] },
    { place: 'action', title: 'About the action', facts: asked.properties },
    { place: 'context', title: 'What else the caller says', facts: asked.context },
  ].filter(({ facts }) => facts.length > 0);
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = typedIn(event.currentTarget);
    const of = (place: string) =>
      valuesOf(place, groups.find((group) => group.place === place)?.facts ?? [], typed);
    question.mutate({
      subject: { type: subjectType, id: typed.subjectId, ...properties(of('subject')) },
      action: { name: action, ...properties(of('action')) },
      resource: { type: resourceType, id: typed.resourceId, ...properties(of('resource')) },
      context: of('context'),
    });
  };
  return (
    <section className="card">
      <h2 className="mb-1">Ask</h2>
      <p className="mb-3 max-w-prose text-soft">
        What would be answered now, and in which words. It is a question, so it counts against nobody.
      </p>
      <form onSubmit={send} onChange={() => question.reset()} className="space-y-3">
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-5">
          <Choose
            label="Who"
            value={subjectType}
            choices={asked.subjects.map((id) => [id, plain(id)])}
            onSet={setSubject}
          />
          <Labelled label="Its name">
            <input className="field" name="subjectId" required maxLength={512} placeholder="build-agent" />
          </Labelled>
          <Choose
            label="Does what"
            value={action}
            choices={rules.actions.map((one) => [one.action, plain(one.action.replaceAll('_', '-'))])}
            onSet={setAction}
          />
          <Choose
            label="With what"
            value={resourceType}
            choices={asked.resources.map((id) => [id, plain(id)])}
            onSet={setResource}
          />
          <Labelled label="Its name">
            <input className="field" name="resourceId" required maxLength={512} placeholder="production" />
          </Labelled>
        </div>
        {groups.length > 0 && (
          <details>
            <summary className="cursor-pointer text-accent">What is known about them</summary>
            <div className="mt-2 grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
              {groups.map(({ place, title, facts }) => (
                <fieldset key={place} className="space-y-2">
                  <legend className="mb-1 text-sm font-medium">{title}</legend>
                  {facts.map((fact) => (
                    <FactField key={fact.name} place={place} fact={fact} />
                  ))}
                </fieldset>
              ))}
            </div>
          </details>
        )}
        <button type="submit" className="button button-first" disabled={question.isPending}>
          Ask
        </button>
        <Refusal text={question.error?.message} />
      </form>
      {question.data !== undefined && <Answer answer={question.data} />}
    </section>
  );
}

function FactField({ place, fact }: { readonly place: string; readonly fact: Fact }) {
  const name = `${place}.${fact.name}`;
  const label = plain(fact.name.replaceAll('_', '-'));
  if (fact.kind === 'flag')
    return (
      <Choose
        label={label}
        name={name}
        all="Not said"
        choices={[
          ['true', 'Yes'],
          ['false', 'No'],
        ]}
      />
    );
  return (
    <Labelled label={label}>
      <input
        className="field"
        name={name}
        maxLength={512}
        {...(fact.kind === 'number' ? { type: 'number' } : {})}
      />
    </Labelled>
  );
}

/** What was left empty is not said, and is not in the question. */
function valuesOf(place: string, facts: readonly Fact[], typed: Fields) {
  return Object.fromEntries(
    facts.flatMap(({ name, kind }): [string, string | number | boolean][] => {
      const text = typed[`${place}.${name}`];
      if (text === undefined) return [];
      return [[name, kind === 'flag' ? text === 'true' : kind === 'number' ? Number(text) : text]];
    }),
  );
}

function properties(values: Readonly<Record<string, unknown>>) {
  return Object.keys(values).length === 0 ? {} : { properties: values };
}

function Answer({ answer: { decision, context } }: { readonly answer: DecisionJson }) {
  return (
    <div role="status" className="mt-4 rounded-lg border border-edge p-3">
      <p className="mb-1">
        <Tag tone={decision ? 'good' : 'wait'}>{decision ? 'Yes' : 'No'}</Tag>{' '}
        {decision ? 'It would be allowed.' : said(context?.reason_user)}
        {context?.error !== undefined && ` ${context.error.message}`}
      </p>
      {!decision && (
        <ul className="text-sm">
          {(context?.do_instead ?? []).map(({ id, text }) => (
            <li key={id}>{said(text)}</li>
          ))}
          {context?.ask !== undefined && <li>{said(context.ask.text)}</li>}
          <li className="mt-1 text-soft">
            {[
              said(context?.reason_admin),
              ...(context?.rules ?? []).map((rule) => `Rule ${rule}.`),
              context?.exception === undefined
                ? undefined
                : `An exception of at most ${context.exception.max} can be asked for.`,
            ]
              .filter((text) => text !== undefined)
              .join(' ')}
          </li>
        </ul>
      )}
    </div>
  );
}
