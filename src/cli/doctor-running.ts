import { z } from 'zod';
import type { Config } from '../config/schema.ts';
import { createHttpFetch } from '../lib/http-fetch.ts';
import { jsonOrUndefined } from '../lib/json-or-undefined.ts';
import type { ServerFile } from '../lib/server-file.ts';
import { type Check, ok, problem, remark } from './doctor-check.ts';

const askTimeoutMs = 5_000;
const shownMax = 10;

/** What a running server knows of itself. */
export async function checkRunning(
  config: Pick<Config, 'http' | 'access' | 'delivery'>,
  server: ServerFile,
  now: number,
): Promise<readonly Check[]> {
  const ask = async <T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> => {
    const response = await fetch(`${server.url}${path}`, {
      headers: { authorization: `Bearer ${server.token}` },
      signal: AbortSignal.timeout(askTimeoutMs),
    });
    const answer = schema.safeParse(response.ok ? await response.json() : undefined);
    return answer.success ? answer.data : undefined;
  };
  const [channels, sources, accounts, tokens, address] = await Promise.all([
    ask('/v1/channels', channelsAnswer),
    ask('/v1/sources', sourcesAnswer),
    ask('/v1/accounts', accountsAnswer),
    ask('/v1/tokens', tokensAnswer),
    checkAddress(config.http.publicUrl),
  ]);
  return [
    ...channelChecks(channels?.items ?? []),
    ...silentChecks(sources?.items ?? []),
    ...(accounts === undefined || tokens === undefined
      ? []
      : administratorChecks(accounts.items, tokens.items, hasAdminGrant(config), now)),
    ...address,
  ];
}

const text = z.string();
const channelsAnswer = z.object({
  items: z.array(
    z.looseObject({
      id: text,
      isOn: z.boolean(),
      accepted: z.number(),
      testedAt: text.optional(),
      receiverGoneSince: text.optional(),
    }),
  ),
});
type ChannelSeen = z.infer<typeof channelsAnswer>['items'][number];

export function channelChecks(items: readonly ChannelSeen[]): readonly Check[] {
  return items.flatMap(({ id, isOn, accepted, testedAt, receiverGoneSince: since }): readonly Check[] => {
    if (since !== undefined) return [goneReceiver(id, since)];
    // What stays on this machine has nothing to be tried.
    if (!isOn || id === 'outbox' || accepted > 0 || testedAt !== undefined) return [];
    const fix =
      'Send yourself a test: POST /v1/messages/test with {"email": "<your address>"}, or Test on the screen Sources.';
    return [remark(`channel ${id}`, 'nothing was sent through it yet, not even a test', fix)];
  });
}

export function goneReceiver(id: string, since: string): Check {
  const detail = `it said that it wants nothing any more (410) and is not called since ${since}`;
  return problem(`receiver of ${id}`, detail, `npx foldback channels resume ${id}`);
}

const sourcesAnswer = z.object({
  items: z.array(z.looseObject({ id: text, isSilent: z.boolean(), lastDay: text.optional() })),
});
type SourceSeen = z.infer<typeof sourcesAnswer>['items'][number];

/** Silence of a source proves nothing fixed: cases wait for it. */
export function silentChecks(items: readonly SourceSeen[]): readonly Check[] {
  return items
    .filter(({ isSilent }) => isSilent)
    .slice(0, shownMax)
    .map(({ id, lastDay }) => {
      const since =
        lastDay === undefined
          ? 'it cannot be read'
          : `it was heard last on ${lastDay}, which is longer ago than usual`;
      return remark(
        `source ${id}`,
        since,
        `Look whether it still sends, or can still be read: docs/sources.md, ${id}.`,
      );
    });
}

const teams = z.union([z.literal('all'), z.array(text)]);
const accountsAnswer = z.object({
  items: z.array(
    z.looseObject({
      roles: z.array(text),
      teams,
      issuer: text.optional(),
      expiresAt: text.optional(),
      disabledAt: text.optional(),
    }),
  ),
});
const tokensAnswer = z.object({
  items: z.array(
    z.looseObject({ scopes: z.array(text), teams, expiresAt: text, revokedAt: text.optional() }),
  ),
});

function hasAdminGrant({ access: { oidc } }: Pick<Config, 'access'>): boolean {
  return (
    oidc?.grants.some(
      ({ roles, teams: seen }) => roles.some((role) => role === 'admin') && seen === 'all',
    ) === true
  );
}

/** Whether somebody may still do everything, other than whoever sits at this machine. */
export function administratorChecks(
  accounts: z.infer<typeof accountsAnswer>['items'],
  tokens: z.infer<typeof tokensAnswer>['items'],
  hasGrant: boolean,
  now: number,
): readonly Check[] {
  const isOver = (at: string | undefined) => at !== undefined && Date.parse(at) <= now;
  const people = accounts.filter(
    ({ roles, teams: seen, disabledAt, expiresAt }) =>
      roles.includes('admin') && seen === 'all' && disabledAt === undefined && !isOver(expiresAt),
  );
  const keys = tokens.filter(
    ({ scopes, teams: seen, revokedAt, expiresAt }) =>
      scopes.includes('admin') && seen === 'all' && revokedAt === undefined && !isOver(expiresAt),
  );
  if (people.length + keys.length > 0 || hasGrant)
    return [ok('administrators', `${people.length} with an account, ${keys.length} with a token`)];
  const fix =
    'npx foldback admin claim, or once claimed: npx foldback admin create --login NAME --role admin';
  return [remark('administrators', 'nobody may do everything', fix)];
}

const resourceAnswer = z.looseObject({ resource: text, resource_name: z.literal('Foldback') });

/** Whether the address that stands in every link leads here. */
export async function checkAddress(publicUrl: string | undefined): Promise<readonly Check[]> {
  if (publicUrl === undefined) return [];
  const name = 'public address';
  const { origin } = new URL(publicUrl);
  const fetchThere = createHttpFetch({ allowOrigins: [origin] });
  try {
    const url = `${origin}/.well-known/oauth-protected-resource`;
    const answer = await fetchThere({ url, timeoutMs: askTimeoutMs });
    if (answer.kind !== 'ok') {
      const fix =
        'Check the name, the proxy in front and its certificate. If others reach it, nothing is wrong.';
      return [remark(name, `${publicUrl} does not answer here: ${answer.reason}`, fix)];
    }
    const parsed = resourceAnswer.safeParse(jsonOrUndefined(Buffer.from(answer.body).toString('utf8')));
    if (!parsed.success) {
      const detail = `at ${publicUrl} something else answers (${answer.status})`;
      return [
        problem(
          name,
          detail,
          'Point the proxy at this server, with its Host kept, or correct http.publicUrl.',
        ),
      ];
    }
    const said = new URL(parsed.data.resource).origin;
    if (said === origin) return [ok(name, publicUrl)];
    const detail = `the server there calls itself ${said}`;
    return [
      problem(name, detail, `Set http.publicUrl to ${origin} where it is started, and start it again.`),
    ];
  } finally {
    await fetchThere.close();
  }
}
