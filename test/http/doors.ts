import { createHmac, randomBytes } from 'node:crypto';
import type { Hono } from 'hono';
import { type SubjectType, systemPrincipal } from '../../src/access/principal.ts';
import type { Scope } from '../../src/access/scope.ts';
import { byHand, sources } from '../../src/adapters/index.ts';
import { readEventBatches } from '../../src/adapters/read-events.ts';
import { openAccess } from '../../src/app-access.ts';
import { openBackup } from '../../src/app-backup.ts';
import { openDirectoryDesk } from '../../src/app-directory.ts';
import { openLinkDesk } from '../../src/app-links.ts';
import { openPasswordJudge } from '../../src/app-passwords.ts';
import { livePolicyFolder } from '../../src/app-policies.ts';
import { openPassingSeal } from '../../src/config/data-key.ts';
import type { HttpParts, HttpSettings } from '../../src/http/http-parts.ts';
import { openPolicyDesk } from '../../src/http/policy/policy-desk.ts';
import { createHttp } from '../../src/http/server.ts';
import { signingKey } from '../../src/lib/ed25519.ts';
import { keyedHash } from '../../src/lib/hmac.ts';
import { limits } from '../../src/lib/limits.ts';
import { createLog } from '../../src/lib/log.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { loadPacks } from '../../src/packs/load.ts';
import { shippedPacksDir } from '../../src/packs/pack-folder.ts';
import { pageWordsSchema } from '../../src/pages/page-words.ts';
import type { LivePolicies } from '../../src/policy/live-policies.ts';
import type { LinkRefusalRow, Store } from '../../src/ports/store.ts';
import { previewChannels } from '../../src/preview-channels.ts';
import {
  type House,
  type HouseOptions,
  openHouse,
  testFingerprinter,
  testKeys,
  testPeople,
  testTeams,
} from '../support/house.ts';

const loaded = loadPacks(shippedPacksDir(), { page: pageWordsSchema });
if (loaded.kind === 'error') throw new Error(JSON.stringify(loaded.problems, undefined, 1));
const { packs } = loaded;

export const webhookSecret = ['a-shared', 'secret-of-a-test'].join('-');
export const signer = signingKey(new Uint8Array(32).fill(3));

export type Doors = {
  readonly app: Hono;
  readonly house: House;
  readonly given: HttpParts;
  /** Lines of the log. */
  readonly logged: string[];
  /** A token with these scopes, as an operator would make one. */
  token(scopes: readonly Scope[], options?: TokenOptions): Promise<string>;
  /** A request of a program: JSON unless told otherwise. */
  ask(path: string, options?: AskOptions): Promise<Answer>;
};

export type TokenOptions = {
  readonly teams?: readonly string[];
  readonly days?: number;
  readonly kind?: 'token' | 'agent';
  readonly subjectTypes?: readonly SubjectType[];
};

export type AskOptions = {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly json?: unknown;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Address of the sender; tests have none unless told. */
  readonly from?: string;
};

export type Answer = {
  readonly status: number;
  readonly text: string;
  /** The body as JSON, loosely typed for expectations. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
};

export type DoorsOptions = Omit<HouseOptions, 'store'> & {
  readonly store: Store;
  readonly over?: Partial<HttpParts>;
  readonly http?: Partial<HttpSettings['http']>;
  readonly access?: Partial<Parameters<typeof openAccess>[2]>;
  readonly caps?: Partial<HttpSettings['limits']>;
  readonly measures?: Partial<HttpSettings['measures']>;
  /** Other policies than the shipped ones. */
  readonly policies?: LivePolicies;
};

/** The HTTP room over a house of the tests: real parts, real store, no socket. */
export function openDoors(options: DoorsOptions): Doors {
  const house = openHouse(options);
  const logged: string[] = [];
  const hash = keyedHash(testKeys.event);
  const access = openAccess(options.store, house.clock, {
    limits: { hours: 12, idleMinutes: 60 },
    people: () => house.parts.people,
    hasAccounts: true,
    rule: 'optional',
    house: 'Foldback Example Ltd',
    seal: openPassingSeal(randomBytes),
    judge: openPasswordJudge(),
    // Of each house its own: what one test mistyped slows no other down.
    attemptKey: keyedHash(randomBytes(32)),
    ...options.access,
  });
  const mapContext = (receivedAt: number) => ({
    receivedAt,
    fingerprint: testFingerprinter,
    eventId: (parts: readonly string[]) => hash(parts),
  });
  const log = createLog({ stream: { write: (line: string) => logged.push(line) } });
  const live = options.policies ?? livePolicyFolder(shippedPacksDir());
  let refused: readonly LinkRefusalRow[] = [];
  const given: HttpParts = {
    ...access,
    policies: openPolicyDesk({ live, parts: house.parts, mapContext, log }),
    config: {
      organisation: { name: 'Example Ltd' },
      http: { hosts: [], requestsPerMinuteMax: 100_000, ...options.http },
      delivery: {
        mode: house.parts.delivery.mode,
        channel: house.parts.delivery.channel,
        language: 'en',
        timeZone: 'UTC',
      },
      measures: { sensitiveTeams: [], minutesPerDecision: 5, ...options.measures },
      privacy: {
        retention: {
          eventDays: 90,
          outcomeDays: 396,
          messageDays: 396,
          refusedReplyDays: 90,
          decisionDays: 90,
          auditDays: 1095,
        },
      },
      limits: { bodyBytesMax: limits.bodyBytesMax, ...options.caps },
    },
    log,
    parts: house.parts,
    packs,
    previews: previewChannels(packs),
    sources,
    sourceSecrets: (id) => (id === 'github' ? [webhookSecret] : []),
    mapContext,
    readReport: (input, given) => readEventBatches(input, { sources, ...given }),
    byHand,
    receivers: new Map(),
    directory: openDirectoryDesk({
      store: options.store,
      clock: house.clock,
      randomId: house.parts.randomId,
      written: async () => undefined,
    }),
    links: openLinkDesk({
      ...house.parts,
      lists: () => [
        { directory: 'people', persons: options.people ?? testPeople, teams: options.teams ?? testTeams },
      ],
      people: () => house.parts.people,
      refused: {
        all: () => refused,
        refresh: async () => {
          refused = await options.store.read.refusedLinks(loopPrincipal, 1000);
          return true;
        },
      },
      changed: () => undefined,
    }),
    signer,
    publicKeys: [{ keyId: signer.keyId, publicKey: signer.publicKey }],
    formKey: new Uint8Array(32).fill(9),
    isEvaluation: true,
    isReady: async () => true,
    backup: () => openBackup(options.store, house.clock.now()),
    ...options.over,
  };
  const app = createHttp(given);
  return {
    app,
    house,
    given,
    logged,
    token: async (scopes, { teams, days = 30, ...more } = {}) => {
      const issued = await access.issueToken(
        { id: house.parts.randomId(), name: 'a test', scopes, teams: teams ?? 'all', days, ...more },
        systemPrincipal('test'),
      );
      if (issued.kind === 'refused') throw new Error(issued.reason);
      return issued.token;
    },
    ask: (path, asked = {}) => ask(app, path, asked),
  };
}

async function ask(app: Hono, path: string, options: AskOptions): Promise<Answer> {
  const { token, json, body, type, from } = options;
  const sent = json === undefined ? body : JSON.stringify(json);
  const response = await app.request(
    `http://localhost${path}`,
    {
      method: options.method ?? (sent === undefined ? 'GET' : 'POST'),
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(sent === undefined ? {} : { 'Content-Type': type ?? 'application/json' }),
        ...options.headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    },
    from === undefined ? undefined : { incoming: { socket: { remoteAddress: from } } },
  );
  const text = await response.text();
  return { status: response.status, text, json: parsed(text), headers: response.headers };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  } catch {
    return {};
  }
}

/** As a browser posts a form. */
export function form(fields: Readonly<Record<string, string>>): AskOptions {
  return {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    type: 'application/x-www-form-urlencoded',
    headers: { Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin', Origin: 'null' },
  };
}

export const browser: AskOptions = { headers: { Accept: 'text/html,application/xhtml+xml' } };

/** The nonce of the first form of a page. */
export function nonceIn(page: string): string {
  return /name="form" value="([^"]+)"/u.exec(page)?.[1] ?? '';
}

/** A delivery as GitHub signs it. */
export function signed(
  payload: unknown,
  event: string,
  delivery: string,
  secret = webhookSecret,
): AskOptions {
  const body = JSON.stringify(payload);
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return {
    body,
    headers: {
      'X-Hub-Signature-256': `sha256=${signature}`,
      'X-GitHub-Event': event,
      'X-GitHub-Delivery': delivery,
    },
  };
}

/** A finding as gitleaks 8 writes it, of a secret that no provider issues. */
export function finding(secret: string, over: Readonly<Record<string, unknown>> = {}) {
  return {
    RuleID: 'generic-api-key',
    Description: 'Generic API Key',
    StartLine: 12,
    EndLine: 12,
    StartColumn: 10,
    EndColumn: 10 + secret.length,
    Match: `key = ${secret}`,
    Secret: secret,
    File: 'src/config.py',
    SymlinkFile: '',
    Commit: 'a'.repeat(40),
    Entropy: 4.2,
    Author: 'Ana',
    Email: 'ana@example.com',
    Date: '2026-11-23T09:00:00Z',
    Message: 'Add the configuration',
    Tags: [],
    Fingerprint: `${'a'.repeat(40)}:src/config.py:generic-api-key:12`,
    ...over,
  };
}
