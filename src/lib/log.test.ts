import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { cleanText, createLog } from './log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void, secrets: readonly string[] = []): string {
  const lines: string[] = [];
  write(createLog({ secrets, level: 'trace', stream: { write: (line) => lines.push(line) } }));
  return lines.join('');
}

const link = 'Ab3dEf6hIj9kLmN0pQrStU';

test('the token of a reply or claim link never appears, wherever the link stands', () => {
  const text = logged((log) => {
    log.info({ url: `/r/${link}` }, `GET https://loop.example/r/${link}?x=1`);
    log.error(new Error(`POST /claim/${link} failed`));
    log.warn({ next: `/login?to=%2Fr%2F${link}`, deep: { er: [{ path: `/r/${link}/done` }] } });
  });
  expect(text).not.toContain(link);
  expect(text).toContain('/r/[removed]?x=1');
  expect(text).toContain('/r/[removed]/done');
});

test('authorization headers, cookies and signatures are removed in any case and at any depth', () => {
  const value = 'Basic dXNlcjpwYXNz';
  const text = logged((log) => {
    log.info({ headers: { Authorization: value, cookie: value, 'X-Hub-Signature-256': value } });
    log.info({ a: { b: { c: { 'set-cookie': [value, value], 'proxy-authorization': value } } } });
    log.info(`sent Authorization: ${value} and Bearer abcdefghijkl`);
    log.info({ body: JSON.stringify({ password: value, inner: JSON.stringify({ token: value }) }) });
    const tricky = `a"b\\"${value}]"\\`;
    log.info({
      secret: tricky,
      body: JSON.stringify({ secrets: [tricky, value], b: JSON.stringify({ apiKey: tricky }) }),
    });
    log.info({ cut: JSON.stringify({ password: value }).slice(0, -3), after: 1 });
  });
  expect(text).not.toContain('dXNlcjpwYXNz');
  expect(text).not.toContain('abcdefghijkl');
  for (const line of text.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
});

test('configured secrets are removed as they stand, as JSON spells them and as a URL spells them', () => {
  const secret = 'pa"ss\\wörd é/1';
  const text = logged(
    (log) => {
      log.info(`value ${secret}`);
      log.info({ place: secret, query: `?p=${encodeURIComponent(secret)}` });
      log.error(new Error(`bad ${secret}`, { cause: new Error(secret) }));
    },
    [secret, 'abc'],
  );
  expect(text).not.toContain('ss\\\\w');
  expect(text).not.toContain('w%C3%B6rd');
  expect(cleanText(`x ${secret} abc`, [secret, 'abc'])).toBe('x [removed] abc');
});

test('our own tokens and passwords inside addresses are removed', () => {
  const token = ['fbl', 'live', 'x'.repeat(39)].join('_');
  const text = logged((log) => log.info(`token ${token} for postgres://user:hunter2@db.example/foldback`));
  expect(text).not.toContain('xxx');
  expect(text).not.toContain('hunter2');
  expect(text).toContain('postgres://[removed]@db.example/foldback');
});

test('nothing in a line is a control, a line break or a bidirectional character, and the line is still JSON', () => {
  const hostile = 'a\u001b[31mb\u009b31mc\nd\re\u2028f\u202eg\u200bh\u0000i\u007fj';
  const text = logged((log) => log.info({ text: hostile, [hostile]: 1 }, hostile));
  expect(text.endsWith('\n')).toBe(true);
  expect(text.slice(0, -1)).toMatch(/^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202e\u200b]*$/u);
  expect(JSON.parse(text)).toMatchObject({ text: hostile, msg: hostile });
});

test('ordinary lines stay as they are', () => {
  const text = logged((log) =>
    log.info({ loop: 'L-7F3K', count: 3, url: '/v1/loops?behaviour=x' }, 'basic set-up done'),
  );
  expect(JSON.parse(text)).toMatchObject({
    loop: 'L-7F3K',
    count: 3,
    url: '/v1/loops?behaviour=x',
    msg: 'basic set-up done',
  });
});

test('a long hostile line is cleaned in linear time', () => {
  for (const piece of ['a', '/r/', '"token":"', 'a://', '\\"secret\\":[', 'Bearer ']) {
    expect(cleanText(piece.repeat(200_000 / piece.length)).length).toBeGreaterThan(0);
  }
});

test('lines go to standard error, never to standard output', () => {
  const script = `import { createLog } from ${JSON.stringify(new URL('log.ts', import.meta.url).href)}; createLog().info('hello');`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(run.stdout).toBe('');
  expect(JSON.parse(run.stderr)).toMatchObject({ msg: 'hello' });
});

test('an error is told with its message and what caused it', () => {
  const cause = new Error('connection refused by db.example.com');
  const line = logged((log) =>
    log.error({ error: new Error('a request failed', { cause }) }, 'a request failed'),
  );
  expect(line).toContain('a request failed');
  expect(line).toContain('connection refused by db.example.com');
});
