import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ask } from '../api/ask.ts';
import { behavioursQuery } from '../api/queries.ts';
import type { CallerJson } from '../api/shapes.ts';
import { Choose, Labelled, Refusal, typedIn } from './fields.tsx';

const stageSays = {
  shadow: 'Nobody is told from now on. Who was told before hears no more of it either.',
  canary: 'That share of people is told; the rest is shown here. Who was told once stays told.',
  live: 'Everybody concerned is told of what comes from now on. What was shown so far stays history until you release it.',
  settings: 'The switch is taken away: what the settings say counts again.',
} as const;
type StageId = keyof typeof stageSays;
const isStage = (text: string): text is StageId => Object.hasOwn(stageSays, text);

/** Turns one switch, and says before what that means. */
export function RolloutForm(given: {
  readonly me: CallerJson | undefined;
  readonly titleOf: (id: string) => string;
}) {
  const { me, titleOf } = given;
  const client = useQueryClient();
  const behaviours = useQuery(behavioursQuery);
  const [isOpen, setIsOpen] = useState(false);
  const [stage, setStage] = useState<StageId>('canary');
  const turn = useMutation({
    mutationFn: (json: unknown) => ask('/v1/rollout', { json }),
    onSuccess: async () => {
      setIsOpen(false);
      await client.invalidateQueries();
    },
  });
  if (!isOpen)
    return (
      <button type="button" className="button mt-3" onClick={() => setIsOpen(true)}>
        Turn a switch …
      </button>
    );
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { behaviour, team, percent, reason } = typedIn(event.currentTarget);
    turn.mutate({
      ...(behaviour === undefined ? {} : { behaviour }),
      ...(team === undefined ? {} : { team }),
      stage,
      ...(stage === 'canary' ? { share: Number(percent) / 100 } : {}),
      reason,
    });
  };
  const own = me?.teams === 'all' ? undefined : me?.teams;
  return (
    <form onSubmit={send} className="mt-3 space-y-3 rounded-lg border border-edge p-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <Choose
          label="Behaviour"
          name="behaviour"
          all="All behaviours"
          choices={(behaviours.data?.items ?? []).map(({ id }) => [id, titleOf(id)])}
        />
        {own === undefined ? (
          <Labelled label="Team" hint="Left empty: all teams.">
            <input className="field" name="team" maxLength={100} />
          </Labelled>
        ) : (
          <Choose label="Team" name="team" choices={own.map((id) => [id, id])} />
        )}
        <Choose
          label="Stage"
          value={stage}
          choices={[
            ['shadow', 'Shadow'],
            ['canary', 'Canary'],
            ['live', 'Live'],
            ['settings', 'As in the settings'],
          ]}
          onSet={(text) => {
            if (isStage(text)) setStage(text);
          }}
        />
        {stage === 'canary' && (
          <Labelled label="Share of people, in percent">
            <input
              className="field"
              name="percent"
              type="number"
              min={1}
              max={99}
              defaultValue={10}
              required
            />
          </Labelled>
        )}
      </div>
      <Labelled label="Why">
        <input className="field" name="reason" required minLength={3} maxLength={500} />
      </Labelled>
      <p className="text-sm">{stageSays[stage]}</p>
      <Refusal text={turn.error?.message} />
      <div className="flex flex-wrap gap-2">
        <button type="submit" className="button button-first" disabled={turn.isPending}>
          Turn it
        </button>
        <button type="button" className="button" onClick={() => setIsOpen(false)}>
          Not now
        </button>
      </div>
    </form>
  );
}
