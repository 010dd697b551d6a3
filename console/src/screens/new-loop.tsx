import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ask } from '../api/ask.ts';
import { behavioursQuery } from '../api/queries.ts';
import type { BehaviourJson } from '../api/shapes.ts';
import { Choose, Labelled, Refusal, typedIn } from '../parts/fields.tsx';
import { Empty, Title, Waiting } from '../parts/states.tsx';

type Form = BehaviourJson['byHand'][number];
type Asked = Form['fields'][number];

/** A person saw something that no source tells of: the loop opens as if one had. What is asked, the packs say. */
export function NewLoop() {
  const behaviours = useQuery(behavioursQuery);
  const forms = (behaviours.data?.items ?? []).flatMap(({ id, byHand }) =>
    byHand.map((form) => ({ key: `${id} ${form.id}`, behaviour: id, form })),
  );
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/loops" search={{}} className="link">
          Loops
        </Link>
      </p>
      <Title text="Report by hand">
        What somebody saw and no source tells of: a key in a chat, a click that was told on the phone, an
        approval that was skipped. Whoever answers for it is told as of any other case, at once if this
        installation is live.
      </Title>
      {behaviours.data === undefined ? (
        <Waiting query={behaviours} />
      ) : forms.length === 0 ? (
        <Empty title="Nothing is reported by hand here">
          <p>
            A behaviour that can be reported says in its file what has to be told (<code>byHand</code>).
          </p>
        </Empty>
      ) : (
        <ReportForm forms={forms} />
      )}
    </>
  );
}

function ReportForm(given: {
  readonly forms: readonly { readonly key: string; readonly behaviour: string; readonly form: Form }[];
}) {
  const { forms } = given;
  const usual = forms.find(({ form }) => form.fields.some(({ name }) => name === 'provider')) ?? forms[0];
  const [key, setKey] = useState(usual?.key ?? '');
  const chosen = forms.find((one) => one.key === key) ?? forms[0];
  const navigate = useNavigate();
  const client = useQueryClient();
  const report = useMutation({
    mutationFn: (json: unknown) =>
      ask<{ readonly id: string; readonly caseCode?: string }>('/v1/loops', { json }),
    onSuccess: async ({ id, caseCode }) => {
      await client.invalidateQueries();
      // Whoever reports what another team owns may not see it, and is told so.
      if (caseCode !== undefined) await navigate({ to: '/loops/$id', params: { id } });
    },
  });
  if (chosen === undefined) return undefined;
  if (report.data !== undefined && report.data.caseCode === undefined)
    return (
      <p role="status" className="card">
        It is reported. The case belongs to another team, which is told.
      </p>
    );
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { line, occurredAt, what: _, ...typed } = typedIn(event.currentTarget);
    report.mutate({
      ...typed,
      behaviour: chosen.behaviour,
      form: chosen.form.id,
      ...(line === undefined ? {} : { line: Number(line) }),
      // The field knows the reader's clock and no zone.
      ...(occurredAt === undefined ? {} : { occurredAt: new Date(occurredAt).toISOString() }),
    });
  };
  const { fields } = chosen.form;
  const extra = fields.filter(({ isRequired }) => !isRequired);
  return (
    <form onSubmit={send} className="card max-w-2xl space-y-4">
      <Choose
        label="What is it"
        name="what"
        value={key}
        choices={forms.map((one) => [one.key, one.form.title])}
        onSet={(value) => {
          setKey(value);
          report.reset();
        }}
      />
      <Labelled
        label="What was seen"
        hint="In your words, and never a key or password: there is no field for one."
      >
        <input className="field" name="title" required minLength={3} maxLength={200} />
      </Labelled>
      {fields
        .filter(({ isRequired }) => isRequired)
        .map((field) => (
          <Field key={`${key} ${field.name}`} field={field} />
        ))}
      <Labelled
        label="Who may answer for it"
        hint={
          fields.some(({ name }) => name === 'who')
            ? 'Where it is somebody else. An address, a name, or both; it is one piece of evidence, and weighs as such.'
            : 'An address, a name, or both. It is one piece of evidence, and weighs as such.'
        }
      >
        <input className="field" name="owner" maxLength={300} placeholder="Ana Sol <ana@example.com>" />
      </Labelled>
      <Labelled label="Ticket" hint="The same ticket is the same loop.">
        <input className="field" name="ticket" maxLength={80} placeholder="SEC-123" />
      </Labelled>
      <fieldset className="grid gap-3 sm:grid-cols-2">
        <legend className="mb-2 font-semibold">As far as known</legend>
        {extra.map((field) => (
          <Field key={`${key} ${field.name}`} field={field} />
        ))}
        <Labelled label="When it happened" hint="Left empty: now.">
          <input className="field" name="occurredAt" type="datetime-local" />
        </Labelled>
      </fieldset>
      <Refusal text={report.error?.message} />
      <button type="submit" className="button button-first" disabled={report.isPending}>
        {report.isPending ? 'Opening …' : 'Open the loop'}
      </button>
    </form>
  );
}

function Field({ field }: { readonly field: Asked }) {
  const { name, label, hint, example, isRequired, choices } = field;
  if (choices !== undefined)
    return (
      <Labelled label={label} hint={hint}>
        <select className="field" name={name} required={isRequired} defaultValue="">
          <option value="">{isRequired ? 'Choose' : 'Not known'}</option>
          {choices.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </Labelled>
    );
  return (
    <Labelled label={label} hint={hint}>
      <input
        className="field"
        name={name}
        required={isRequired}
        maxLength={1024}
        placeholder={example}
        type={name === 'line' ? 'number' : 'text'}
      />
    </Labelled>
  );
}
