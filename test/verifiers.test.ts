import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifiers } from '../src/adapters/index.ts';
import { openValueSearch } from '../src/adapters/verifiers/git/values.ts';
import { openWindowSearch } from '../src/adapters/verifiers/git/windows.ts';
import type { Where } from '../src/core/event.ts';
import type { Fingerprinter } from '../src/core/fingerprint.ts';
import { lastFour } from '../src/core/mask.ts';
import { secretContent } from '../src/core/secret-content.ts';
import { type Clones, openClones } from '../src/lib/git/clones.ts';
import { keyedHash } from '../src/lib/hmac.ts';
import type { Sight, Verifier, VerifyCase } from '../src/ports/verifier.ts';
import { verifierContract } from './contracts/verifier-contract.ts';
import { type GitRepository, makeRepository } from './support/git-repository.ts';

const keys = ['k2', 'k1'].map((keyId) => ({
  keyId,
  hash: keyedHash(Buffer.from(`${keyId} for tests only`.padEnd(32))),
}));
const fingerprint: Fingerprinter = (kind, parts) =>
  keys.map(({ keyId, hash }) => ({ kind, keyId, value: hash([kind, ...parts]) }));

/** Looks like a key and is none: the same for the same name. */
const made = (name: string, length: number): string =>
  createHash('sha512').update(name).digest('base64url').replace(/[-_]/gu, 'x').slice(0, length);
const madeKey = (name: string): string =>
  [
    ['-----BEGIN', 'RSA PRIVATE', 'KEY-----'].join(' '),
    ...[1, 2, 3].map((line) => made(`${name}${line}`, 64)),
    ['-----END', 'RSA PRIVATE', 'KEY-----'].join(' '),
  ].join('\n');

function caseOf(value: string, where: Where, more: Partial<VerifyCase> = {}): VerifyCase {
  const content = secretContent(value) ?? '';
  const tail = lastFour(content);
  return {
    loop: `loop of ${made(value, 6)}`,
    behaviour: 'secret-in-repository',
    places: [{ repository: 'acme/shop', ...where }],
    fingerprints: fingerprint('content', [content]),
    length: content.length,
    ...(tail === undefined ? {} : { lastFour: tail }),
    ...more,
  };
}

type World = {
  readonly repository: GitRepository;
  readonly clones: Clones;
  readonly first: string;
  readonly verifier: Verifier;
  close(): void;
};

const large = 'z\n'.repeat(4.5 * 1024 * 1024);
const secrets = Object.fromEntries(
  ['here', 'moved', 'gone', 'edge', 'wide', 'bigger'].map((name) => [name, made(name, 40)]),
);
const secret = (name: string): string => secrets[name] ?? '';
const short = made('short', 14);
const goneShort = made('gone short', 14);
const pem = { crlf: madeKey('crlf'), json: madeKey('json'), yaml: madeKey('yaml'), gone: madeKey('gone') };

async function openWorld(): Promise<World> {
  const repository = makeRepository();
  const first = repository.commit({
    'src/here.env': `KEY=${secret('here')}\n`,
    'src/moved.ts': `const key = '${secret('moved')}';\n`,
    'src/gone.ts': `const key = "${secret('gone')}";\nconst pass = "${goneShort}"; // pass\n`,
    'src/edge.txt': `${'.'.repeat(256 * 1024 - 20)}${secret('edge')}\n`,
    'src/wide.txt': Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from(`ä ${secret('wide')}\r\n`, 'utf16le'),
    ]),
    'src/short.ini': `password = ${short}\n`,
    'keys/crlf.pem': `${pem.crlf.replaceAll('\n', '\r\n')}\r\n`,
    'keys/a.json': JSON.stringify({ private_key: `${pem.json}\n` }),
    'keys/a.yaml': `key: |\n${pem.yaml.replace(/^/gmu, '    ')}\n`,
    'keys/gone.pem': `${pem.gone}\n`,
  });
  repository.git('mv', 'src/moved.ts', 'src/elsewhere.ts');
  repository.git('rm', '--quiet', 'keys/gone.pem');
  repository.commit({ 'src/gone.ts': 'const key = process.env.KEY;\n', 'data/large.bin': large });
  const clones = openClones([{ repository: 'acme/shop', path: repository.path }]);
  const verifier = await verifiers.find((adapter) => adapter.id === 'git')?.open({ clones, fingerprint });
  if (verifier === undefined) throw new Error('the verifier did not open');
  return {
    repository,
    clones,
    first,
    verifier,
    close: () => {
      clones.close();
      repository.remove();
    },
  };
}

test('every folder of a verifier is registered, and every registered one has a folder', () => {
  const folders = readdirSync(new URL('../src/adapters/verifiers', import.meta.url));
  expect(verifiers.map((adapter) => adapter.id).sort()).toEqual(folders.sort());
});

test('a verifier for which nothing is configured is not opened', async () => {
  for (const adapter of verifiers)
    expect(await adapter.open({ clones: openClones([]), fingerprint })).toBeUndefined();
});

verifierContract({
  id: 'git',
  open: async () => {
    const world = await openWorld();
    const { first } = world;
    const still = (value: string, file: string) =>
      ({ one: caseOf(value, { commit: first, file }), signal: 'still-in-head' }) as const;
    const gone = (value: string, file: string) =>
      ({ one: caseOf(value, { commit: first, file }), signal: 'gone-from-head' }) as const;
    return {
      verifier: world.verifier,
      seen: [
        still(secret('here'), 'src/here.env'),
        gone(secret('gone'), 'src/gone.ts'),
        still(secret('moved'), 'src/moved.ts'),
        still(secret('edge'), 'src/edge.txt'),
        still(secret('wide'), 'src/wide.txt'),
        still(short, 'src/short.ini'),
        gone(goneShort, 'src/gone.ts'),
        still(pem.crlf, 'keys/crlf.pem'),
        still(pem.json, 'keys/a.json'),
        still(pem.yaml, 'keys/a.yaml'),
        gone(pem.gone, 'keys/gone.pem'),
      ],
      unknown: [
        { ...caseOf(secret('gone'), { commit: first, file: 'src/gone.ts' }), fingerprints: [] },
        {
          loop: 'l',
          behaviour: 'b',
          places: [{ repository: 'acme/shop' }],
          fingerprints: fingerprint('content', ['x']),
        },
        caseOf(secret('gone'), { commit: first, file: 'src/gone.ts' }, { places: [] }),
        caseOf(secret('gone'), { repository: 'acme/other', commit: first, file: 'src/gone.ts' }),
        caseOf(made('never in any file', 40), { commit: first, file: 'src/gone.ts' }),
        caseOf(secret('gone'), { commit: 'f'.repeat(40), file: 'src/no-such-file.ts' }),
        caseOf(secret('gone'), {}),
      ],
      secrets: [...Object.values(secrets), short, goneShort, ...Object.values(pem)],
      close: async () => world.close(),
    };
  },
});

describe('head of a clone', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());
  const look = async (one: VerifyCase): Promise<Sight> => {
    const [sight] = await world.verifier.look([one], 1);
    if (sight === undefined) throw new Error('no sight');
    return sight;
  };

  test('the sentence names the file that still has it', async () => {
    const sight = await look(caseOf(secret('moved'), { commit: world.first, file: 'src/moved.ts' }));
    expect(sight.reason).toContain('src/elsewhere.ts');
  });

  test('what was not read is counted in the sentence', async () => {
    const sight = await look(caseOf(secret('gone'), { commit: world.first, file: 'src/gone.ts' }));
    expect(sight.reason).toContain('1 files over 8 MiB were not read');
  });

  test('a fingerprint under any one retained key is enough', async () => {
    const both = caseOf(secret('here'), { commit: world.first, file: 'src/here.env' });
    for (const one of both.fingerprints) {
      expect((await look({ ...both, fingerprints: [one] })).signal).toBe('still-in-head');
    }
  });

  test('a fingerprint under a key that is no longer retained proves nothing', async () => {
    const one = caseOf(secret('gone'), { commit: world.first, file: 'src/gone.ts' });
    const fingerprints = one.fingerprints.map((each) => ({ ...each, keyId: 'k0' }));
    expect((await look({ ...one, fingerprints })).signal).toBe('unknown');
  });

  test('without its commit, the older versions of the file are the control', async () => {
    expect((await look(caseOf(secret('gone'), { file: 'src/gone.ts' }))).signal).toBe('gone-from-head');
    expect((await look(caseOf(secret('gone'), { file: 'src/here.env' }))).signal).toBe('unknown');
  });

  test('gone from one repository and out of reach in another is not gone', async () => {
    const one = caseOf(secret('gone'), { commit: world.first, file: 'src/gone.ts' });
    const places = [...one.places, { repository: 'acme/fork', file: 'src/gone.ts' }];
    expect((await look({ ...one, places })).signal).toBe('unknown');
  });

  test('a secret that stood in a file too large to read is unknown', async () => {
    const one = caseOf(secret('bigger'), { commit: world.first, file: 'data/large.bin' });
    expect(await look(one)).toMatchObject({
      signal: 'unknown',
      reason: expect.stringContaining('too large'),
    });
  });

  test('a value without last four that was found where it was reported is looked for in any amount of text', async () => {
    world.repository.commit({ 'data/text.txt': 'y\n'.repeat(2 * 1024 * 1024) });
    const one = caseOf(goneShort, { commit: world.first, file: 'src/gone.ts' });
    expect((await look(one)).signal).toBe('gone-from-head');
    world.repository.commit({ 'data/text.txt': `${'y\n'.repeat(2 * 1024 * 1024)}${goneShort}` });
    expect((await look(one)).signal).toBe('still-in-head');
  });

  test('what cannot be found where it was reported can still be seen to be there', async () => {
    expect((await look(caseOf(secret('here'), {}))).signal).toBe('still-in-head');
    expect((await look(caseOf(short, {}))).signal).toBe('unknown');
  });

  test('when the head moves, the answer moves', async () => {
    const one = caseOf(secret('gone'), { commit: world.first, file: 'src/gone.ts' });
    expect((await look(one)).signal).toBe('gone-from-head');
    world.repository.commit({ 'back.txt': secret('gone') });
    expect((await look(one)).signal).toBe('still-in-head');
  });
});

test('a secret is found wherever it stands in a text, and only there', () => {
  const character = fc.constantFrom(...'abAB01-ä \n');
  fc.assert(
    fc.property(
      fc.string({ unit: character, maxLength: 60 }),
      fc.string({ unit: character, maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(...'abAB01-'), minLength: 4, maxLength: 24 }),
      fc.boolean(),
      fc.nat(40),
      (before, after, value, hasTail, cut) => {
        const tail = hasTail ? { lastFour: value.slice(-4) } : {};
        const wanted = { length: value.length, contents: fingerprint('content', [value]), ...tail };
        const scan = (text: string): boolean => {
          const search = openWindowSearch([wanted], fingerprint);
          const at = Math.min(cut, text.length);
          const hits = [...search.scan(text, 0, at), ...search.scan(text, at, text.length)];
          for (const { end } of hits) expect(text.slice(end - value.length, end)).toBe(value);
          return hits.length > 0;
        };
        expect(scan(before + value + after)).toBe(true);
        expect(scan(before + after)).toBe((before + after).includes(value));
      },
    ),
    { numRuns: 300 },
  );
});

test('many values are found in one pass exactly where each alone is', () => {
  const text = fc.string({ unit: fc.constantFrom(...'abcä'), maxLength: 80 });
  const value = fc.string({ unit: fc.constantFrom(...'abcä'), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(text, fc.array(value, { maxLength: 30 }), (within, values) => {
      const found = new Set(openValueSearch(values)(within));
      expect([...found].sort((a, b) => a - b)).toEqual(
        values.flatMap((one, index) => (within.includes(one) ? [index] : [])),
      );
    }),
  );
});

test('a text of nothing but the last four characters does not cost a hash a character', () => {
  let hashed = 0;
  const counting: Fingerprinter = (kind, parts) => {
    hashed += 1;
    return fingerprint(kind, parts);
  };
  const wanted = { length: 40, lastFour: '----', contents: fingerprint('content', ['x']) };
  const search = openWindowSearch([wanted], counting);
  expect(search.scan('-'.repeat(1_000_000), 0, 1_000_000)).toEqual([]);
  expect(hashed).toBe(100_000);
});
