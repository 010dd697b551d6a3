import { isLoopbackHost } from '../lib/loopback-host.ts';
import { keyOfText, keyToText } from './key-text.ts';
import { type RawTree, valueAt } from './raw-tree.ts';
import type { AdapterSettings, Config } from './schema.ts';
import { nearest } from './suggest.ts';

/** Settings that are each right and together wrong. `setting` is the one that somebody wrote, to point at. */
export type Clash = { readonly setting: string; readonly problem: string; readonly fix: string };

const makeKey =
  'Make each with `openssl rand -base64 32`, and keep them where backups of the database are not.';

export type CheckContext = {
  /** Whether a setting is reported already: nothing is concluded from a value that is wrong. */
  readonly isFaulty: (setting: string) => boolean;
  /** What was written, right or wrong: a channel with a mistake in its settings is switched on all the same. */
  readonly written: RawTree;
};

/** What must not start. */
export function findClashes(
  config: Config,
  adapters: AdapterSettings,
  context: CheckContext,
): readonly Clash[] {
  return [
    ...channelClashes(config, adapters, context),
    ...publicUrlClashes(config, adapters, context),
    ...listenClashes(config, context),
    ...keyClashes(config, context),
    ...hourClashes(config, context),
    ...repositoryClashes(config, context),
  ];
}

/** Ids of the channels that are switched on: those that messages go to, and whatever has settings. */
export function channelsInUse(config: Config): readonly string[] {
  return [...new Set([...rungs(config).map(({ channel }) => channel), ...Object.keys(config.channels)])];
}

/** Every channel that messages may go to, with the setting that says so. */
function rungs({
  delivery,
  ladder,
}: Config): readonly { readonly setting: string; readonly channel: string }[] {
  const named = (kind: string, ladders: Readonly<Record<string, readonly string[]>>) =>
    Object.entries(ladders).flatMap(([id, channels]) =>
      channels.map((channel) => ({ setting: `ladder.${kind}.${id}`, channel })),
    );
  return [
    { setting: 'delivery.channel', channel: delivery.channel },
    ...ladder.after.map((channel) => ({ setting: 'ladder.after', channel })),
    ...named('teams', ladder.teams),
    ...named('people', ladder.people),
  ];
}

function writtenNames(context: CheckContext, section: string): readonly string[] {
  return Object.keys(valueAt(context.written, [section]) ?? {});
}

function channelClashes(config: Config, adapters: AdapterSettings, context: CheckContext): Clash[] {
  const { channels } = adapters;
  if (channels === undefined) return [];
  return rungs(config).flatMap(({ setting, channel }): readonly Clash[] => {
    if (context.isFaulty(setting) || (setting !== 'delivery.channel' && context.isFaulty('ladder')))
      return [];
    const adapter = channels.find(({ id }) => id === channel);
    if (adapter === undefined) {
      const known = channels.map(({ id }) => id);
      const near = nearest(channel, known);
      const fix = near === undefined ? `Known channels: ${known.join(', ')}.` : `Did you mean ${near}?`;
      const problem =
        setting === 'delivery.channel' ? 'there is no such channel' : `there is no channel ${channel}`;
      return [{ setting, problem, fix }];
    }
    if (writtenNames(context, 'channels').includes(channel) || adapter.settings.safeParse({}).success)
      return [];
    return [
      { setting, problem: 'the channel has no settings', fix: `Write them under channels.${channel}.` },
    ];
  });
}

function publicUrlClashes(config: Config, adapters: AdapterSettings, context: CheckContext): Clash[] {
  if (config.http.publicUrl !== undefined || context.isFaulty('http.publicUrl')) return [];
  const leaving = (adapters.channels ?? []).filter(({ leavesMachine }) => leavesMachine).map(({ id }) => id);
  const inUse = [...channelsInUse(config), ...writtenNames(context, 'channels')];
  const first = inUse.find((id) => leaving.includes(id));
  if (first === undefined) return [];
  const isChosen = config.delivery.channel === first;
  const problem = 'messages of this channel leave the machine, and their links would lead nowhere';
  const fix = 'Set http.publicUrl to the address under which people reach Foldback.';
  return [{ setting: isChosen ? 'delivery.channel' : `channels.${first}`, problem, fix }];
}

function listenClashes(config: Config, { isFaulty }: CheckContext): Clash[] {
  if (['http.host', 'http.hosts', 'http.publicUrl'].some(isFaulty)) return [];
  const { host, hosts, publicUrl } = config.http;
  if (isLoopbackHost(host) || hosts.length > 0 || publicUrl !== undefined) return [];
  const problem = 'other machines can reach this address, and no host name is allowed yet';
  const fix =
    'Set http.publicUrl, or list the names in http.hosts. A reverse proxy in front should speak https.';
  return [{ setting: 'http.host', problem, fix }];
}

function keyClashes(config: Config, context: CheckContext): Clash[] {
  const { keys } = config;
  // The key of sealed settings stands alone: it makes no data.
  const written = writtenNames(context, 'keys').filter((name) => name !== 'data' && name !== 'analytics');
  const isElsewhere = valueAt(context.written, ['database', 'url']) !== undefined;
  const absent = ['fingerprint', 'token', 'ledger', 'assignment', 'event'].filter(
    (name) => !written.includes(name),
  );
  const clashes: Clash[] = [];
  if (absent.length > 0 && (isElsewhere || written.length > 0)) {
    const list = absent.map((name) => `keys.${name}`).join(', ');
    const problem = isElsewhere
      ? `with PostgreSQL the keys come from here, the same on every node; not set: ${list}`
      : `some keys are set and others are not: ${list}`;
    clashes.push({ setting: isElsewhere ? 'database.url' : 'keys', problem, fix: makeKey });
  }
  const seen = new Map<string, string>();
  for (const [name, value] of Object.entries(keys)) {
    for (const text of Array.isArray(value) ? value : [value]) {
      const bytes = typeof text === 'string' ? keyOfText(text) : undefined;
      if (bytes === undefined) continue;
      const key = keyToText(bytes);
      const earlier = seen.get(key);
      seen.set(key, `keys.${name}`);
      const problem = `the same key stands in ${earlier}`;
      if (earlier !== undefined) clashes.push({ setting: `keys.${name}`, problem, fix: makeKey });
    }
  }
  return clashes;
}

function hourClashes(config: Config, { isFaulty }: CheckContext): Clash[] {
  const { from, to } = config.delivery.workingHours;
  if (isFaulty('delivery.workingHours') || hourOf(from) < hourOf(to)) return [];
  const fix = 'Let workingHours.from be earlier than workingHours.to.';
  return [{ setting: 'delivery.workingHours', problem: 'the working day ends before it begins', fix }];
}

function repositoryClashes(config: Config, { isFaulty }: CheckContext): Clash[] {
  // With a faulty one taken out the numbers would be others.
  if (isFaulty('repositories')) return [];
  const names = config.repositories.map(({ name }) => name.toLowerCase());
  return names.flatMap((name, index) => {
    if (names.indexOf(name) === index) return [];
    const fix = 'Keep one clone for each repository.';
    return [{ setting: `repositories[${index}]`, problem: 'this repository stands above already', fix }];
  });
}

/** `20:30` as 20.5, as working time is counted with. */
export function hourOf(clockTime: string): number {
  const [hours, minutes] = clockTime.split(':').map(Number);
  return (hours ?? 0) + (minutes ?? 0) / 60;
}
