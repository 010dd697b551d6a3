import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { ask } from '../api/ask.ts';
import type { TestedJson } from '../api/shapes.ts';
import { Labelled, Refusal, typedIn } from './fields.tsx';

const resultSays: Readonly<Record<TestedJson['result'], string>> = {
  accepted: 'took it. See whether it arrives.',
  retry: 'asked to try later.',
  refused: 'refused it.',
  uncertain: 'broke off: it may have arrived.',
};

/** Tries the channel on oneself before anybody else is written to. */
export function TestMessage() {
  const test = useMutation({
    mutationFn: (email: string) => ask<TestedJson>('/v1/messages/test', { json: { email } }),
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { email } = typedIn(event.currentTarget);
    if (email !== undefined) test.mutate(email);
  };
  return (
    <section className="card">
      <h2 className="mb-1">Test it on yourself</h2>
      <p className="mb-3 max-w-prose text-soft">
        Sent now, past caps and quiet hours, also in shadow, to an address of the directory. Nothing of it is
        stored.
      </p>
      <form onSubmit={send} className="flex max-w-xl flex-wrap items-end gap-2">
        <div className="min-w-56 flex-1">
          <Labelled label="Your address">
            <input
              className="field"
              name="email"
              type="email"
              required
              maxLength={320}
              autoComplete="email"
            />
          </Labelled>
        </div>
        <button type="submit" className="button" disabled={test.isPending}>
          {test.isPending ? 'Sending …' : 'Send a test'}
        </button>
      </form>
      <div className="mt-3 max-w-xl">
        <Refusal text={test.error?.message} />
        {test.data !== undefined && (
          <p role="status">
            {test.data.channel} {resultSays[test.data.result]}
            {test.data.reason !== undefined && ` It said: ${test.data.reason}.`}
          </p>
        )}
      </div>
    </section>
  );
}
