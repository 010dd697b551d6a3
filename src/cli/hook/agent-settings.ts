import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readServerFile } from '../../lib/server-file.ts';

export type AgentHookFlags = {
  readonly config?: string;
  readonly server?: string;
};

export type AgentHookSettings = {
  readonly server: string | undefined;
  readonly token: string | undefined;
  readonly dataDir: string;
  readonly onError: 'allow' | 'deny';
  readonly packs: string | undefined;
  readonly language: string;
};

/** Settings that are read as they stand. */
const plain = new Set([
  'FOLDBACK__SERVER',
  'FOLDBACK__TOKEN',
  'FOLDBACK__DATA__DIR',
  'FOLDBACK__HOOK__ONERROR',
]);

/**
 * Settings of the hook of agents. Where there is no file and nothing but these few names in the environment, they are
 * read here: the whole check of all settings takes longer than an agent is to wait. Otherwise as `hookSettings`.
 *
 * @param home never the workspace, which the agent itself may write
 */
export async function agentHookSettings(
  flags: AgentHookFlags,
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): Promise<AgentHookSettings> {
  const names = Object.keys(environment).filter((name) => name.startsWith('FOLDBACK_'));
  const onError = environment.FOLDBACK__HOOK__ONERROR ?? 'allow';
  const isPlain =
    flags.config === undefined &&
    names.every((name) => plain.has(name) && environment[name] !== '') &&
    (onError === 'allow' || onError === 'deny') &&
    !existsSync(join(home, 'foldback.yaml'));
  if (isPlain && (onError === 'allow' || onError === 'deny')) {
    return {
      server: environment.FOLDBACK__SERVER,
      token: environment.FOLDBACK__TOKEN,
      dataDir: resolve(home, environment.FOLDBACK__DATA__DIR ?? '.foldback'),
      onError,
      packs: undefined,
      language: 'en',
    };
  }
  const { hookSettings } = await import('./settings.ts');
  const { server, token, data, hook, packs, delivery } = await hookSettings(flags, home);
  return {
    server,
    token,
    dataDir: data.dir,
    onError: hook.onError,
    packs,
    language: delivery.language,
  };
}

export type KnownServer = {
  readonly url: string;
  /** Left out of a server on this machine that may ask for none, as the demonstration. */
  readonly token?: string;
};

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The server to ask; undefined when none is known or none runs. A token goes to no other than its own. */
export async function knownServer(
  { server, token, dataDir }: AgentHookSettings,
  given: string | undefined,
): Promise<KnownServer | undefined> {
  const url = given ?? server;
  if (url === undefined) return readServerFile(dataDir);
  if (!URL.canParse(url) || !/^https?:$/u.test(new URL(url).protocol)) return undefined;
  if (token !== undefined) return { url, token };
  const local = await readServerFile(dataDir);
  const isSame = local !== undefined && new URL(local.url).origin === new URL(url).origin;
  if (isSame) return { url, token: local.token };
  return loopbackNames.has(new URL(url).hostname) ? { url } : undefined;
}
