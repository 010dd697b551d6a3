import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { ask } from '../api/ask.ts';
import { Labelled, Refusal, typedIn } from '../parts/fields.tsx';
import { Title } from '../parts/states.tsx';

type Field = {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly maxLength: number;
  readonly isRequired?: true;
  readonly type?: string;
  readonly placeholder?: string;
};

const what: readonly Field[] = [
  {
    name: 'title',
    label: 'What was found',
    hint: 'In your words. Never the key itself: there is no field for it.',
    maxLength: 200,
    isRequired: true,
    placeholder: 'A Stripe key in the deployment settings',
  },
  { name: 'provider', label: 'Whose key it is', maxLength: 64, placeholder: 'stripe' },
  {
    name: 'owner',
    label: 'Who may answer for it',
    hint: 'An address, a name, or both. It is one piece of evidence, and weighs as such.',
    maxLength: 300,
    placeholder: 'Ana Sol <ana@example.com>',
  },
  {
    name: 'ticket',
    label: 'Ticket',
    hint: 'The same ticket is the same loop.',
    maxLength: 80,
    placeholder: 'SEC-123',
  },
];
const where: readonly Field[] = [
  { name: 'repository', label: 'Repository', maxLength: 300, placeholder: 'acme/shop' },
  { name: 'file', label: 'File', maxLength: 1024, placeholder: 'src/settings.py' },
  { name: 'line', label: 'Line', maxLength: 8, type: 'number' },
  { name: 'commit', label: 'Commit', hint: 'All 40 or 64 hex digits.', maxLength: 64 },
];

/** A person saw a key where it should not be: the loop opens as if a scanner had. */
export function NewLoop() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const report = useMutation({
    mutationFn: (json: unknown) => ask<{ readonly id: string }>('/v1/loops', { json }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries();
      await navigate({ to: '/loops/$id', params: { id } });
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { line, occurredAt, ...typed } = typedIn(event.currentTarget);
    report.mutate({
      ...typed,
      ...(line === undefined ? {} : { line: Number(line) }),
      // The field knows the reader's clock and no zone.
      ...(occurredAt === undefined ? {} : { occurredAt: new Date(occurredAt).toISOString() }),
    });
  };
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/loops" search={{}} className="link">
          Loops
        </Link>
      </p>
      <Title text="Report by hand">
        A leaked key that no scanner told of. Its owner is told as of any other, at once if this installation
        is live.
      </Title>
      <form onSubmit={send} className="card max-w-2xl space-y-4">
        <Fields fields={what} />
        <fieldset className="grid gap-3 sm:grid-cols-2">
          <legend className="mb-2 font-semibold">Where and when, as far as known</legend>
          <Fields fields={where} />
          <Labelled label="When it happened" hint="Left empty: now.">
            <input className="field" name="occurredAt" type="datetime-local" />
          </Labelled>
        </fieldset>
        <Refusal text={report.error?.message} />
        <button type="submit" className="button button-first" disabled={report.isPending}>
          {report.isPending ? 'Opening …' : 'Open the loop'}
        </button>
      </form>
    </>
  );
}

function Fields({ fields }: { readonly fields: readonly Field[] }) {
  return fields.map(({ name, label, hint, isRequired = false, ...input }) => (
    <Labelled key={name} label={label} hint={hint}>
      <input className="field" name={name} required={isRequired} {...input} />
    </Labelled>
  ));
}
