import { createServer, type IncomingMessage, type Server } from 'node:http';
import Fastify from 'fastify';
import { createClient, DeniedError, expressGuard, fastifyGuard, honoGuard } from 'foldback/client';
import { type Context, Hono } from 'hono';
import { afterEach, describe, expect, test } from 'vitest';

type Seen = { readonly body: unknown; readonly headers: IncomingMessage['headers'] };

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listening(server: Server): Promise<string> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** A policy server that gives one answer; undefined: it never answers. */
async function policyServer(status: number, answer: string | undefined) {
  const seen: Seen[] = [];
  const url = await listening(
    createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      request.on('end', () => {
        seen.push({ body: JSON.parse(text), headers: request.headers });
        if (answer === undefined) return;
        const moved = status === 302 ? { location: '/elsewhere' } : {};
        response.writeHead(status, { 'content-type': 'application/json', ...moved }).end(answer);
      });
    }),
  );
  return { url, seen };
}

const question = {
  subject: { type: 'workload', id: 'svc-release' },
  action: { name: 'issue_token' },
  resource: { type: 'environment', id: 'production' },
  context: { ticket: 'CHG-1', foldback: { note: 'kept' } },
};

const yes = JSON.stringify({ decision: true });
const no = JSON.stringify({
  decision: false,
  context: {
    reason_user: { en: 'Tokens for production come from the gate.', es: 'Los da la puerta.' },
    rule_class: 'token-outside-approved-path',
    do_instead: [{ id: 'gate', text: { en: 'Use the gate.' } }, 'Use staging.'],
    ask: { id: 'platform', text: { en: 'Ask the platform team.' } },
    retryable: true,
    scope: 'class',
    lesson: 'production-token@1',
  },
});

describe('the client', () => {
  test('a question is no attempt, and an attempt says so beside what the caller gave', async () => {
    const { url, seen } = await policyServer(200, yes);
    const client = createClient({ url, token: 'made-up-token' });
    expect(await client.check(question)).toMatchObject({ allowed: true, reason: '' });
    expect(await client.enforce(question)).toMatchObject({ allowed: true });
    const attempt = {
      ...question,
      context: { ticket: 'CHG-1', foldback: { note: 'kept', attempt: true } },
    };
    expect(seen.map(({ body }) => body)).toEqual([question, attempt]);
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer made-up-token' });
    expect(seen[0]?.headers['x-request-id']).not.toBe(seen[1]?.headers['x-request-id']);
  });

  test('a denial carries the reason, the way and whom to ask, in the language that was asked for', async () => {
    const { url } = await policyServer(200, no);
    const fault = await createClient({ url, language: 'es' })
      .enforce(question)
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(DeniedError);
    expect(fault).toMatchObject({
      message: 'Los da la puerta.',
      decision: {
        allowed: false,
        isUnavailable: false,
        instead: ['Use the gate.', 'Use staging.'],
        ask: 'Ask the platform team.',
        ruleClass: 'token-outside-approved-path',
        retryable: true,
        scope: 'class',
        lesson: 'production-token@1',
      },
    });
  });

  test.each([
    ['{"403": "Insufficient privileges."}', 'Insufficient privileges.'],
    ['{"en-403": "Not yours."}', 'Not yours.'],
    ['"Plain text."', 'Plain text.'],
    ['7', 'This is not allowed.'],
  ])('a reason as %s is read', async (reason, said) => {
    const { url } = await policyServer(200, `{"decision":false,"context":{"reason_user":${reason}}}`);
    expect((await createClient({ url }).check(question)).reason).toBe(said);
  });

  test.each([
    ['an error', 500, yes],
    ['a refusal', 401, yes],
    ['a redirect', 302, yes],
    ['no JSON', 200, 'decision: true'],
    ['another form', 200, '{"decision":"true"}'],
    ['a list', 200, '[{"decision":true}]'],
    ['nothing at all', 200, undefined],
  ])('%s is a no, and says that no rule decided', async (_what, status, answer) => {
    const { url } = await policyServer(status, answer);
    const client = createClient({ url, timeoutMs: 300 });
    expect(await client.check(question)).toMatchObject({ allowed: false, isUnavailable: true });
    await expect(client.enforce(question)).rejects.toBeInstanceOf(DeniedError);
  });

  test('a token does not travel in plain text to another machine', () => {
    expect(() => createClient({ url: 'http://policy.example.com', token: 'made-up' })).toThrow(TypeError);
    expect(() => createClient({ url: 'file:///etc/passwd' })).toThrow(TypeError);
    expect(() => createClient({ url: 'http://policy.example.com' })).not.toThrow();
  });
});

describe('middleware', () => {
  type Made = { readonly url: string; readonly calls: () => number };

  /** One route of each framework whose handler counts what reached it. */
  const frameworks: readonly (readonly [string, (policy: string) => Promise<Made>])[] = [
    [
      'node:http, as Express calls it',
      async (policy) => {
        let count = 0;
        const guard = expressGuard<IncomingMessage>(
          createClient({ url: policy, timeoutMs: 300 }),
          (request) => (request.url === '/free' ? undefined : question),
        );
        const server = createServer((request, response) => {
          guard(request, response, (fault) => {
            count += 1;
            response.statusCode = fault === undefined ? 200 : 500;
            response.end('done');
          });
        });
        return { url: await listening(server), calls: () => count };
      },
    ],
    [
      'Hono',
      async (policy) => {
        let count = 0;
        const app = new Hono();
        const client = createClient({ url: policy, timeoutMs: 300 });
        app.use(honoGuard(client, (c: Context) => (c.req.path === '/free' ? undefined : question)));
        app.get('*', (c) => {
          count += 1;
          return c.text('done');
        });
        const { getRequestListener } = await import('@hono/node-server');
        return { url: await listening(createServer(getRequestListener(app.fetch))), calls: () => count };
      },
    ],
    [
      'Fastify',
      async (policy) => {
        let count = 0;
        const app = Fastify({ forceCloseConnections: true });
        const client = createClient({ url: policy, timeoutMs: 300 });
        const guard = fastifyGuard<{ readonly url: string }>(client, (request) =>
          request.url === '/free' ? undefined : question,
        );
        app.get('*', { preHandler: guard }, () => {
          count += 1;
          return 'done';
        });
        const url = await app.listen({ port: 0, host: '127.0.0.1' });
        open.push(app.server);
        return { url, calls: () => count };
      },
    ],
  ];

  describe.each(frameworks)('%s', (_name, make) => {
    test('lets through what is allowed, and what no policy speaks of without asking', async () => {
      const policy = await policyServer(200, yes);
      const made = await make(policy.url);
      expect(await (await fetch(`${made.url}/deploy`)).text()).toBe('done');
      expect(await (await fetch(`${made.url}/free`)).text()).toBe('done');
      expect([made.calls(), policy.seen.length]).toEqual([2, 1]);
    });

    test('stops what is denied, as an attempt, with what to do instead', async () => {
      const policy = await policyServer(200, no);
      const made = await make(policy.url);
      const answer = await fetch(`${made.url}/deploy`);
      expect(answer.status).toBe(403);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/u);
      expect(await answer.json()).toMatchObject({
        status: 403,
        detail: 'Tokens for production come from the gate.',
        instead: ['Use the gate.', 'Use staging.'],
        ask: 'Ask the platform team.',
      });
      expect(made.calls()).toBe(0);
      expect(policy.seen[0]?.body).toMatchObject({ context: { foldback: { attempt: true } } });
    });

    test('stops everything while nobody answers', async () => {
      const policy = await policyServer(200, undefined);
      const made = await make(policy.url);
      const answer = await fetch(`${made.url}/deploy`);
      expect([answer.status, answer.headers.get('retry-after'), made.calls()]).toEqual([503, '5', 0]);
    });
  });
});
