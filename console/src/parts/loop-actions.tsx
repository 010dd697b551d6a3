import { Dialog } from '@base-ui/react/dialog';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ask } from '../api/ask.ts';
import type { CallerJson, StoryJson } from '../api/shapes.ts';
import { Labelled } from './fields.tsx';
import { may } from './may.ts';

type Field = {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly isRequired: boolean;
  readonly type?: 'date';
};

type Action = {
  readonly id: string;
  readonly label: string;
  readonly says: string;
  readonly fields: readonly Field[];
  readonly choices?: {
    readonly name: string;
    readonly label: string;
    readonly values: readonly (readonly [string, string])[];
  };
  readonly send: (id: string, given: Readonly<Record<string, string>>) => Promise<unknown>;
};

const decide = (id: string, json: unknown) => ask(`/v1/loops/${id}/replies`, { json });
const reason: Field = {
  name: 'reason',
  label: 'Why',
  hint: 'It stands in the ledger. The owner may ask.',
  isRequired: false,
};
const withReason = (given: Readonly<Record<string, string>>) =>
  given.reason === undefined || given.reason === '' ? {} : { reason: given.reason };

const release: Action = {
  id: 'release',
  label: 'Release',
  says: 'The owner is told, within their daily budget.',
  fields: [],
  send: (id) => ask('/v1/loops/release', { json: { ids: [id] } }),
};
const uphold: Action = {
  id: 'uphold',
  label: 'It is wrong: close it',
  says: 'The recipient is right. The loop is dismissed.',
  fields: [reason],
  send: (id, given) => decide(id, { decision: 'uphold', ...withReason(given) }),
};
const rejectDispute: Action = {
  id: 'reject-dispute',
  label: 'It stands',
  says: 'The loop goes on where it was, and the recipient is told so.',
  fields: [reason],
  send: (id, given) => decide(id, { decision: 'reject-dispute', ...withReason(given) }),
};
const dismiss: Action = {
  id: 'dismiss',
  label: 'Dismiss',
  says: 'It was no failure. It is not counted as fixed.',
  fields: [reason],
  send: (id, given) => decide(id, { decision: 'dismiss', ...withReason(given) }),
};
const attest: Action = {
  id: 'attest',
  label: 'Attest',
  says: 'Your word that it is fixed, counted apart from what was seen. The one who fixed it cannot attest it.',
  fields: [
    {
      name: 'reference',
      label: 'Reference',
      hint: 'Where others can look it up: a ticket, a change.',
      isRequired: true,
    },
  ],
  send: (id, { reference }) => decide(id, { decision: 'attest', reference }),
};
const handOver: Action = {
  id: 'hand-over',
  label: 'Hand over',
  says: 'Someone else owns it. They are told next.',
  fields: [
    {
      name: 'to',
      label: 'Who',
      hint: 'A person by name, address or id; a team by its id in the directory.',
      isRequired: true,
    },
  ],
  choices: {
    name: 'kind',
    label: 'To',
    values: [
      ['person', 'A person'],
      ['team', 'A team'],
    ],
  },
  send: (id, { kind, to }) => decide(id, { decision: 'hand-over', to: { kind, id: to } }),
};

const acceptRisk: Action = {
  id: 'accept-risk',
  label: 'Accept the risk',
  says: 'Whoever owns it asked to live with it until a date. You are the second person; on that day it comes back.',
  fields: [{ name: 'until', label: 'Until', isRequired: true, type: 'date' }],
  send: (id, { until }) => decide(id, { decision: 'accept-risk', until }),
};

const refuseRisk: Action = {
  id: 'refuse-risk',
  label: 'Refuse the risk',
  says: 'The case goes on where it was, and its owner is reminded.',
  fields: [reason],
  send: (id, given) => decide(id, { decision: 'hand-back', ...withReason(given) }),
};
const helped: Action = {
  id: 'helped',
  label: 'They were helped',
  says: 'The case goes on where it was, and its owner is reminded as usual.',
  fields: [reason],
  send: (id, given) => decide(id, { decision: 'hand-back', ...withReason(given) }),
};

const ended: ReadonlySet<string> = new Set(['held', 'dismissed', 'merged']);

/** What an operator may do now. The API refuses what does not fit, with its sentence. */
export function Actions({ loop, me }: { readonly loop: StoryJson; readonly me: CallerJson | undefined }) {
  if (!may(me, 'loops:write') || ended.has(loop.state)) return undefined;
  const isDisputed = loop.state === 'disputed';
  // An operator who knows better need not wait for a "not mine"; it comes first where it is what is missing.
  const isOpen = ['triage', 'open', 'told', 'escalated'].includes(loop.state);
  const isRefused = loop.replies.some(({ answer }) => answer === 'not-mine');
  const isMissing = isRefused || loop.owner.kind === 'unknown';
  const passOn = (isOpen || isRefused) && may(me, 'owners:write') ? [handOver] : [];
  const actions = [
    ...(loop.needs === 'risk' ? [acceptRisk, refuseRisk] : []),
    ...(loop.needs === 'help' ? [helped] : []),
    ...(loop.state === 'backlog' ? [release] : []),
    ...(isDisputed ? [uphold, rejectDispute] : []),
    ...(isMissing ? passOn : []),
    attest,
    ...(isMissing ? [] : passOn),
    ...(isDisputed ? [] : [dismiss]),
  ];
  return (
    <section className="card">
      <h2 className="mb-2">Do</h2>
      <div className="flex flex-wrap gap-2">
        {actions.map((action, index) => (
          <Act key={action.id} action={action} loop={loop} isFirst={index === 0} />
        ))}
      </div>
    </section>
  );
}

function Act(given: { readonly action: Action; readonly loop: StoryJson; readonly isFirst: boolean }) {
  const { action, loop, isFirst } = given;
  const [isOpen, setIsOpen] = useState(false);
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (fields: Readonly<Record<string, string>>) => action.send(loop.id, fields),
    onSuccess: async () => {
      setIsOpen(false);
      await client.invalidateQueries();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = [...new FormData(event.currentTarget)].flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value.trim()]] : [],
    );
    act.mutate(Object.fromEntries(fields));
  };
  return (
    <Dialog.Root
      open={isOpen}
      onOpenChange={(open) => {
        setIsOpen(open);
        if (open) act.reset();
      }}
    >
      <Dialog.Trigger className={`button ${isFirst ? 'button-first' : ''}`}>{action.label}</Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 bg-black/40" />
        <Dialog.Popup className="card fixed top-1/2 left-1/2 w-[min(28rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2">
          <Dialog.Title className="mb-1 text-lg font-semibold">
            {action.label}: {loop.caseCode}
          </Dialog.Title>
          <Dialog.Description className="mb-4 text-soft">{action.says}</Dialog.Description>
          <form onSubmit={submit} className="space-y-4">
            {action.choices !== undefined && (
              <Labelled label={action.choices.label}>
                <select className="field" name={action.choices.name}>
                  {action.choices.values.map(([value, text]) => (
                    <option key={value} value={value}>
                      {text}
                    </option>
                  ))}
                </select>
              </Labelled>
            )}
            {action.fields.map(({ name, label, hint, isRequired, type = 'text' }) => (
              <Labelled key={name} label={label} hint={hint}>
                <input className="field" name={name} type={type} required={isRequired} maxLength={300} />
              </Labelled>
            ))}
            {act.isError && (
              <p role="alert" className="rounded-lg border border-note-line bg-note px-3 py-2 text-note-ink">
                {act.error.message}
              </p>
            )}
            <div className="flex flex-wrap justify-end gap-2">
              <Dialog.Close className="button">Cancel</Dialog.Close>
              <button type="submit" className="button button-first" disabled={act.isPending}>
                {action.label}
              </button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
