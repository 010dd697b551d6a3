import { z } from 'zod';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, plural, table, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

type Flags = StoreFlags & { readonly json?: boolean };

const messageSchema = z.looseObject({
  id: z.string(),
  to: z.looseObject({ kind: z.string(), id: z.string(), name: z.string().optional() }),
  moment: z.string(),
  behaviour: z.string(),
  state: z.string(),
  isShadow: z.boolean(),
  channel: z.string(),
  attempt: z.number(),
  createdAt: z.string(),
  lastError: z.string().optional(),
  subject: z.string().optional(),
});
type Message = z.infer<typeof messageSchema>;

const pageSchema = z.object({ items: z.array(messageSchema), next: z.string().optional() });

export type MessagesListFlags = Flags & {
  readonly state?: string;
  readonly channel?: string;
  readonly to?: string;
  readonly limit: string;
  readonly after?: string;
};

export async function messagesListCommand(flags: MessagesListFlags): Promise<ExitCode> {
  const { state, channel, to, limit, after } = flags;
  const page = await withSession(flags, (session) =>
    session.ask(
      { method: 'GET', path: '/v1/messages', query: { state, channel, to, limit, after } },
      pageSchema,
    ),
  );
  if (flags.json === true) for (const message of page.items) writeJson(message);
  else if (page.items.length > 0)
    line(
      table(
        ['id', 'made', 'state', 'channel', 'to', 'moment', 'what'],
        page.items.map((message) => [
          message.id,
          message.createdAt,
          message.isShadow ? `${message.state}, shadow` : message.state,
          message.channel,
          whoOf(message),
          message.moment,
          message.lastError ?? message.subject ?? message.behaviour,
        ]),
      ),
    );
  note(page.items.length === 0 ? 'No message fits.' : plural(page.items.length, 'message'));
  const [first] = page.items;
  if (page.next !== undefined) next(`npx foldback messages list --after ${page.next}   for the next page`);
  else next(first === undefined ? 'npx foldback loops list' : `npx foldback messages show ${first.id}`);
  return exit.ok;
}

function whoOf({ to }: Message): string {
  return to.name ?? to.id;
}

export async function messagesShowCommand(id: string, flags: Flags): Promise<ExitCode> {
  const shape = messageSchema.extend({ text: z.string().optional(), loops: z.array(z.string()) });
  const message = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: pathOf(id) }, shape),
  );
  if (flags.json === true) {
    writeJson(message);
    return exit.ok;
  }
  line(`${message.subject ?? message.moment}`);
  line(`to ${whoOf(message)} over ${message.channel}: ${message.state}${message.isShadow ? ', shadow' : ''}`);
  if (message.lastError !== undefined) line(message.lastError);
  line();
  line(message.text ?? 'It is not in words yet.');
  const [loop] = message.loops;
  if (loop !== undefined) next(`npx foldback loops show ${loop}`);
  return exit.ok;
}

/** What an operator does about one message, over its door. */
export async function operateCommand(
  id: string,
  operation: 'resend' | 'redirect' | 'withdraw' | 'settle',
  body: Readonly<Record<string, unknown>>,
  flags: Flags,
): Promise<ExitCode> {
  const message = await withSession(flags, (session) =>
    session.ask({ method: 'POST', path: `${pathOf(id)}/${operation}`, body }, messageSchema),
  );
  return tell(message, flags);
}

function tell(message: Message, flags: Flags): ExitCode {
  if (flags.json === true) writeJson(message);
  else line(`${message.id} to ${whoOf(message)}: ${message.state}`);
  next(`npx foldback messages show ${message.id}`);
  return exit.ok;
}

/** `person:ana`, `team:blue` or `duty`. */
export function addresseeOf(text: string): { readonly kind: string; readonly id?: string } {
  if (text === 'duty') return { kind: 'duty' };
  const found = /^(person|team):(.+)$/u.exec(text);
  if (found === null) throw new CliError('Write --to as person:<id>, team:<id> or duty.', exit.usage);
  return { kind: found[1] ?? '', id: found[2] ?? '' };
}

export type ReplayFlags = Flags & {
  readonly state: string;
  readonly channel?: string;
  readonly since?: string;
  readonly limit: string;
};

export async function messagesReplayCommand(id: string | undefined, flags: ReplayFlags): Promise<ExitCode> {
  if (id !== undefined) {
    const message = await withSession(flags, (session) =>
      session.ask({ method: 'POST', path: `${pathOf(id)}/replay` }, messageSchema),
    );
    return tell(message, flags);
  }
  const { state, channel, since } = flags;
  const limit = Number(flags.limit);
  if (!Number.isInteger(limit)) throw new CliError('Write --limit as a number.', exit.usage);
  const done = await withSession(flags, (session) =>
    session.ask(
      { method: 'POST', path: '/v1/messages/replay', body: { state, channel, since, limit } },
      z.object({ queued: z.number(), left: z.number() }),
    ),
  );
  if (flags.json === true) writeJson(done);
  else line(`${plural(done.queued, 'message')} will go again; ${done.left} are no longer needed.`);
  next(`npx foldback messages list --state ${state}`);
  return exit.ok;
}

const channelSchema = z.looseObject({
  id: z.string(),
  isOn: z.boolean(),
  receiverGoneSince: z.string().optional(),
  waiting: z.number(),
  throttled: z.number(),
  accepted: z.number(),
  delivered: z.number().optional(),
  uncertain: z.number(),
  bounced: z.number(),
  refused: z.number(),
  dead: z.number(),
  withdrawn: z.number(),
});
const outcomes = [
  'waiting',
  'throttled',
  'accepted',
  'delivered',
  'uncertain',
  'bounced',
  'refused',
  'dead',
  'withdrawn',
] as const;

export async function channelsCommand(
  flags: Flags & { readonly since?: string; readonly until?: string },
): Promise<ExitCode> {
  const { since, until } = flags;
  const { items } = await withSession(flags, (session) =>
    session.ask(
      { method: 'GET', path: '/v1/channels', query: { since, until } },
      z.object({ items: z.array(channelSchema) }),
    ),
  );
  if (flags.json === true) for (const item of items) writeJson(item);
  else
    line(
      table(
        ['channel', ...outcomes],
        items.map((item) => [
          nameOf(item),
          // Most channels cannot say that somebody's reader has it.
          ...outcomes.map((outcome) => String(item[outcome] ?? '–')),
        ]),
      ),
    );
  next('npx foldback messages list --state uncertain');
  return exit.ok;
}

function nameOf({ id, isOn, receiverGoneSince }: z.infer<typeof channelSchema>): string {
  if (!isOn) return `${id} (off)`;
  return receiverGoneSince === undefined ? id : `${id} (gone)`;
}

export async function channelResumeCommand(channel: string, flags: Flags): Promise<ExitCode> {
  const done = await withSession(flags, (session) =>
    session.ask(
      { method: 'POST', path: `/v1/channels/${encodeURIComponent(channel)}/resume` },
      z.object({ channel: z.string(), wasGone: z.boolean() }),
    ),
  );
  if (flags.json === true) writeJson(done);
  else line(done.wasGone ? 'Its receiver is called again.' : 'Its receiver was not switched off.');
  next('npx foldback channels');
  return exit.ok;
}

function pathOf(id: string): string {
  return `/v1/messages/${encodeURIComponent(id)}`;
}
