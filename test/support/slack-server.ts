import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { listen } from './loopback.ts';
import { pour } from './pour.ts';
import { type ServerSocket, takeWebSockets } from './web-socket-server.ts';

/**
 * The part of Slack's Web API that is used here, as a real HTTP server on loopback: it knows its people, opens
 * conversations, checks the limits of Block Kit, keeps what was posted and gives its history in pages.
 */
export type SlackServer = {
  readonly url: string;
  readonly token: string;
  /** Messages that were posted, also when the caller was never told. */
  readonly posts: readonly SlackPosted[];
  /** What was said to whoever pressed a button, and to nobody else. */
  readonly shown: readonly string[];
  /** Where a press says that words may be sent. */
  readonly returnUrl: string;
  /** Connections of Socket Mode, in the order in which they were opened. */
  readonly sockets: readonly ServerSocket[];
  /** Names of the methods that were called. */
  readonly calls: readonly string[];
  /** How the next calls are met: those of one method, or of all. */
  meet(manner: SlackManner, method?: string): void;
  /** Something that somebody else says in a conversation. */
  say(channel: string, text: string): void;
  /** How much of an endless answer went. */
  poured(): Promise<number>;
  close(): Promise<void>;
};

export type SlackManner =
  | 'usual'
  | 'takes-then-silent'
  | 'takes-then-drops'
  | 'takes-then-fails'
  | 'rubbish'
  | 'pours'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly error: string };

export type SlackPosted = {
  readonly channel: string;
  readonly ts: string;
  readonly raw: string;
  readonly body: PostedBody;
};

/** Ids of people, and in what they differ from a usual member. */
export type SlackUser = {
  readonly id: string;
  readonly email: string;
  readonly over?: Readonly<Record<string, unknown>>;
};

const plainText = z.strictObject({
  type: z.literal('plain_text'),
  text: z.string().min(1).max(3_000),
  emoji: z.boolean().optional(),
});
const short = (max: number) => plainText.extend({ text: z.string().min(1).max(max) });
const button = z.strictObject({
  type: z.literal('button'),
  action_id: z.string().min(1).max(255),
  text: short(75),
  value: z.string().max(2_000).optional(),
  url: z.url().max(3_000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});
const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: short(150) }),
  z.strictObject({ type: z.literal('section'), text: plainText }),
  z.strictObject({ type: z.literal('divider') }),
  z.strictObject({ type: z.literal('context'), elements: z.array(plainText).min(1).max(10) }),
  z.strictObject({
    type: z.literal('actions'),
    block_id: z.string().min(1).max(255),
    elements: z
      .array(button)
      .min(1)
      .max(25)
      .refine((all) => new Set(all.map((one) => one.action_id)).size === all.length, 'action_id twice'),
  }),
]);
const postedBody = z.strictObject({
  channel: z.string(),
  text: z.string().min(1).max(40_000),
  blocks: z.array(block).min(1).max(50),
  metadata: z.strictObject({
    event_type: z.string().regex(/^\w+$/u),
    event_payload: z.record(z.string(), z.string()),
  }),
  mrkdwn: z.literal(false),
  parse: z.literal('none'),
  link_names: z.literal(false),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
});
export type PostedBody = z.infer<typeof postedBody>;

export const slackTeam = 'T0HOUSE';
export const slackScopes = 'chat:write,im:write,im:history,users:read,users:read.email,channels:history';

export async function openSlackServer(given: {
  readonly token: string;
  /** For Socket Mode. */
  readonly appToken?: string;
  /** Where `apps.connections.open` says to connect, if elsewhere than here. */
  readonly socketUrl?: string;
  readonly users: readonly SlackUser[];
  readonly channels?: readonly string[];
  readonly scopes?: string;
  readonly pageSize?: number;
}): Promise<SlackServer> {
  const posts: SlackPosted[] = [];
  const history: { channel: string; ts: string; message: unknown }[] = [];
  const calls: string[] = [];
  const shown: string[] = [];
  const poured = Promise.withResolvers<number>();
  const manners = new Map<string, SlackManner>();
  let clock = 1_795_430_400;
  const tick = () => {
    clock += 1;
    return `${clock}.000100`;
  };
  const directOf = (user: string) => `D${user.slice(1)}`;
  const conversations = new Set([...(given.channels ?? []), ...given.users.map(({ id }) => directOf(id))]);

  const methods: Record<string, (fields: Fields) => Answer> = {
    'apps.connections.open': () => ({
      ok: true,
      url: given.socketUrl ?? `ws://127.0.0.1:${port}/link/?ticket=x`,
    }),
    'auth.test': () => ({ ok: true, team_id: slackTeam, bot_id: 'B0APP', user_id: 'U0APP' }),
    'users.lookupByEmail': ({ form }) => {
      const found = given.users.find(({ email }) => email === form.get('email'));
      return found === undefined
        ? { ok: false, error: 'users_not_found' }
        : { ok: true, user: userJson(found) };
    },
    'users.info': ({ form }) => {
      const found = given.users.find(({ id }) => id === form.get('user'));
      return found === undefined
        ? { ok: false, error: 'user_not_found' }
        : { ok: true, user: userJson(found) };
    },
    'conversations.open': ({ json }) => {
      const { users } = z.object({ users: z.string() }).parse(json);
      return given.users.some(({ id }) => id === users)
        ? { ok: true, channel: { id: directOf(users) } }
        : { ok: false, error: 'user_not_found' };
    },
    'conversations.history': ({ form }) => {
      const channel = form.get('channel') ?? '';
      if (!conversations.has(channel)) return { ok: false, error: 'channel_not_found' };
      const said = history.filter((one) => one.channel === channel).toReversed();
      const start = Number(form.get('cursor') ?? 0);
      const size = Math.min(Number(form.get('limit') ?? 100), given.pageSize ?? 1_000);
      const next = start + size < said.length ? String(start + size) : '';
      const hasMetadata = form.get('include_all_metadata') === 'true';
      return {
        ok: true,
        messages: said
          .slice(start, start + size)
          .map(({ message }) => (hasMetadata ? message : { ...Object(message), metadata: undefined })),
        has_more: next !== '',
        response_metadata: { next_cursor: next },
      };
    },
    'chat.postMessage': ({ json, raw }) => {
      const body = postedBody.safeParse(json);
      if (!body.success) return { ok: false, error: 'invalid_blocks', detail: z.prettifyError(body.error) };
      const { channel, text, metadata, blocks } = body.data;
      if (!conversations.has(channel)) return { ok: false, error: 'channel_not_found' };
      const ts = tick();
      posts.push({ channel, ts, raw, body: body.data });
      history.push({ channel, ts, message: { type: 'message', ts, text, blocks, metadata } });
      return { ok: true, channel, ts };
    },
  };

  const server = createServer(async (request, response) => {
    const raw = (await request.toArray()).join('');
    if (request.url === '/actions/T0HOUSE/1/x') {
      const said = z
        .strictObject({
          text: z.string(),
          response_type: z.literal('ephemeral'),
          replace_original: z.literal(false),
        })
        .parse(JSON.parse(raw));
      shown.push(said.text);
      return void response.writeHead(200).end('ok');
    }
    const method = (request.url ?? '').replace(/^\/api\//u, '');
    calls.push(method);
    const run = methods[method];
    if (run === undefined) return send(response, { ok: false, error: 'unknown_method' });
    const manner = manners.get(method) ?? manners.get('') ?? 'usual';
    if (typeof manner === 'object' && 'error' in manner)
      return send(response, { ok: false, error: manner.error });
    if (typeof manner === 'object')
      return void response.writeHead(manner.status, manner.headers).end('<html>busy</html>');
    if (manner === 'rubbish') return void response.end('<html>Sign in to this network</html>');
    const answer = isAllowed(request, method)
      ? run(fieldsOf(request, raw))
      : { ok: false, error: 'invalid_auth' };
    if (manner === 'takes-then-silent') return;
    if (manner === 'pours') return poured.resolve(pour(response));
    if (manner === 'takes-then-drops') return void request.socket.destroy();
    if (manner === 'takes-then-fails') return void response.writeHead(503).end();
    send(response, answer);
  });

  const isAllowed = (request: IncomingMessage, method: string) => {
    const token = method === 'apps.connections.open' ? given.appToken : given.token;
    return token !== undefined && request.headers.authorization === `Bearer ${token}`;
  };
  const send = (response: ServerResponse, answer: Answer) =>
    void response
      .writeHead(200, {
        'content-type': 'application/json',
        'x-oauth-scopes': given.scopes ?? slackScopes,
      })
      .end(JSON.stringify(answer));

  const sockets = takeWebSockets(server);
  const port = await listen(server);
  return {
    poured: () => poured.promise,
    sockets,
    url: `http://127.0.0.1:${port}/api/`,
    token: given.token,
    posts,
    shown,
    returnUrl: `http://127.0.0.1:${port}/actions/T0HOUSE/1/x`,
    calls,
    meet: (manner, method = '') => {
      manners.clear();
      manners.set(method, manner);
    },
    say: (channel, text) => {
      const ts = tick();
      history.push({ channel, ts, message: { type: 'message', ts, text } });
    },
    close: async () => {
      for (const socket of sockets) socket.drop();
      server.closeAllConnections();
      server.close();
    },
  };
}

type Answer = { readonly ok: boolean; readonly [name: string]: unknown };
type Fields = { readonly form: URLSearchParams; readonly json: unknown; readonly raw: string };

function fieldsOf(request: IncomingMessage, raw: string): Fields {
  const isJson = request.headers['content-type']?.startsWith('application/json') === true;
  const json: unknown = isJson ? JSON.parse(raw) : undefined;
  return { form: new URLSearchParams(isJson ? '' : raw), json, raw };
}

function userJson({ id, email, over = {} }: SlackUser) {
  return { id, team_id: slackTeam, deleted: false, is_bot: false, profile: { email }, ...over };
}
