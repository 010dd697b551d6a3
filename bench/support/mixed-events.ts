import { createHash } from 'node:crypto';
import { monday, personOf } from '../../test/support/house.ts';

export const owners = 300;
export const benchPeople = Array.from({ length: owners }, (_, n) =>
  personOf(`p${n}`, { team: n % 2 ? 'blue' : 'red' }),
);

/** Deterministic: Mulberry32, 32 bits of state. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const hex = (text: string) => createHash('sha1').update(text).digest('hex');
const year = 365 * 86_400_000;

/** A value that no provider issues, with enough entropy to be content. */
const secretOf = (n: number) =>
  `zq${createHash('sha256').update(`bench ${n}`).digest('base64url').slice(0, 34)}`;

/** Number `n` of the failures: a leaked key as CloudEvents 1.0 with the data of the generic source. */
export function leakLine(id: number, secret: number): string {
  const line = {
    specversion: '1.0',
    id: `event-${id}`,
    source: 'urn:example:scanner',
    type: 'com.example.secret.committed',
    time: new Date(monday - ((id * 7_919_000) % year)).toISOString(),
    data: {
      repository: `https://git.example.com/acme/shop-${secret % 400}.git`,
      commit: hex(`commit ${id}`),
      file: `services/component-${id % 97}/src/main/resources/application-${id % 13}.properties`,
      line: (id % 900) + 1,
      startColumn: 12,
      endColumn: 48,
      rule: 'aws-access-token',
      provider: 'aws',
      secret: secretOf(secret),
      author: { name: `Person ${secret % owners}`, email: `p${secret % owners}@example.com` },
      severity: 'high',
      title: 'Detected a pattern that may indicate AWS credentials, risking unauthorized access',
    },
  };
  return JSON.stringify(line);
}

function statusLine(id: number, secret: number): string {
  const line = {
    specversion: '1.0',
    id: `event-${id}`,
    source: 'urn:example:scanner',
    type: 'com.example.secret.revoked',
    time: new Date(monday - (id % 86_400_000)).toISOString(),
    data: { provider: 'aws', rule: 'aws-access-token', secret: secretOf(secret) },
  };
  return JSON.stringify(line);
}

function otherLine(id: number): string {
  const line = {
    specversion: '1.0',
    id: `event-${id}`,
    source: 'urn:example:scanner',
    type: 'com.example.finding.reported',
    time: new Date(monday - ((id * 104_729) % year)).toISOString(),
    data: {
      repository: `https://git.example.com/acme/shop-${id % 400}.git`,
      file: `services/component-${id % 97}/Dockerfile`,
      line: (id % 90) + 1,
      rule: 'container-runs-as-root',
      severity: 'low',
      title: 'The last user of the image is root, so that a process which escapes has every right',
    },
  };
  return JSON.stringify(line);
}

/**
 * Mixed events as lines: of ten, one opens or changes a loop (6 % new secret, 2 % another commit with a known one, 2 %
 * revoked), six repeat a failure that was reported before, three match nothing. `lines` goes on where it ended.
 */
export function mixedEvents(seed = 1): { lines(count: number): Generator<string, void, undefined> } {
  const next = random(seed);
  /** What can be said again: the secret of every failure so far, by its number. */
  const secretOfFailure: number[] = [];
  let secrets = 0;
  let n = 0;
  const newLine = (): string => {
    const fate = next();
    if (fate < 0.2 && secrets > 0) return statusLine(1_000_000_000 + n, Math.floor(next() * secrets));
    const secret = fate < 0.4 && secrets > 0 ? Math.floor(next() * secrets) : secrets++;
    secretOfFailure.push(secret);
    return leakLine(secretOfFailure.length - 1, secret);
  };
  const repeatedLine = (): string => {
    const failure = Math.floor(next() * secretOfFailure.length);
    return leakLine(failure, secretOfFailure[failure] ?? 0);
  };
  return {
    *lines(count) {
      for (const end = n + count; n < end; n += 1) {
        const place = n % 10;
        if (place === 0) yield newLine();
        else yield place <= 6 ? repeatedLine() : otherLine(2_000_000_000 + n);
      }
    },
  };
}

/** Lines as the bytes of a file, in pieces of 64 KiB. */
export function* bytesOf(lines: Iterable<string>): Generator<Uint8Array> {
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length >= 65_536) {
      yield Buffer.from(text);
      text = '';
    }
  }
  yield Buffer.from(text);
}
