import { z } from 'zod';
import { limits } from '../lib/limits.ts';
import {
  clockTime,
  count,
  email,
  hostName,
  isDatabaseUrl,
  isPublicUrl,
  isTimeZone,
  keyList,
  keyText,
  line,
  network,
  slug,
} from './fields.ts';

/**
 * Everything that can be set, with the sentence that docs/config.md prints. `secret` values are masked wherever
 * settings are shown; `path` values are made absolute, from the file that names them or else from the working folder.
 */
const says = (description: string) => ({ description });
const secret = (description: string) => ({ description, secret: true });
const path = (description: string) => ({ description, path: true });

const sourceShape = {
  secrets: z
    .array(z.string().min(16, 'use at least 16 random characters'))
    .max(10)
    .default([])
    .meta(secret('What the sender signs or authenticates with, the current one first.')),
};

/** How often a source is read that can be read; beside what it needs for that itself. */
export const pullTiming = {
  everyMinutes: count(1440).default(15).meta(says('How often to look.')),
};
const receiverDescription = 'What was agreed on with a sender that signs each delivery with its own key.';
const pullDescription = 'For installations that the sender cannot reach: look there instead.';

export const sections = {
  organisation: z
    .strictObject({
      name: line.max(100).default('This organisation').meta(says('As messages and evidence name it.')),
    })
    .prefault({})
    .describe('Whose installation this is.'),
  data: z
    .strictObject({
      dir: z
        .string()
        .min(1)
        .default('./.foldback')
        .meta(path('Folder of the embedded store, generated keys and the list of checkpoints.')),
    })
    .prefault({})
    .describe('Where data rests.'),
  database: z
    .strictObject({
      url: z
        .string()
        .refine(isDatabaseUrl, 'write postgres://user:password@host:5432/name')
        .optional()
        .meta(secret('PostgreSQL 15 or newer, instead of the embedded store. Also `DATABASE_URL`.')),
      connectionsMax: count(200).default(10).meta(says('Connections of one process.')),
    })
    .prefault({})
    .describe('The database, when it is not the embedded one.'),
  http: z
    .strictObject({
      host: hostName
        .default('127.0.0.1')
        .meta(says('Address to listen on. Anything but this machine needs `publicUrl` or `hosts`.')),
      port: z.int().min(0).max(65_535).default(4400).meta(says('Port to listen on; 0 takes a free one.')),
      hosts: z
        .array(hostName)
        .max(50)
        .default([])
        .meta(
          says(
            'Further host names under which requests are answered; that of `publicUrl` and loopback names always are.',
          ),
        ),
      publicUrl: z
        .string()
        .refine(isPublicUrl, 'write https://name, without user, query or fragment')
        .overwrite((text) => text.replace(/\/+$/u, ''))
        .optional()
        .meta(
          says(
            'Where people reach Foldback: every link in a message begins with it. https, except on loopback.',
          ),
        ),
      requestsPerMinuteMax: count(1_000_000).default(60_000).meta(says('Requests of one token or address.')),
      trustedProxies: z
        .array(network)
        .max(50)
        .default([])
        .meta(
          says('Proxies in front, whose `X-Forwarded-For` is believed; else all requests seem to be theirs.'),
        ),
    })
    .prefault({})
    .describe('The server.'),
  delivery: z
    .strictObject({
      mode: z
        .enum(['shadow', 'live'])
        .default('shadow')
        .meta(says('`shadow` shows in the product what would be sent and sends nothing.')),
      channel: slug
        .default('outbox')
        .meta(says('Channel for all messages; it has its settings under `channels`.')),
      quietHours: z
        .strictObject({
          from: clockTime.default('20:00').meta(says('Local time of the recipient.')),
          to: clockTime.default('08:00').meta(says('Equal to `from`: no quiet hours.')),
        })
        .prefault({})
        .describe('When nobody is written to, except about what is urgent.'),
      workingHours: z
        .strictObject({
          from: clockTime.default('09:00').meta(says('Local time of the recipient.')),
          to: clockTime.default('17:00').meta(says('Local time of the recipient, later than `from`.')),
          days: z
            .array(z.int().min(1).max(7))
            .min(1)
            .max(7)
            .default([1, 2, 3, 4, 5])
            .meta(says('1 is Monday, 7 is Sunday.')),
        })
        .prefault({})
        .describe('What reminders and escalations count as working time.'),
      timeZone: z
        .string()
        .refine(isTimeZone, 'write an IANA name such as Europe/Lisbon')
        .default('UTC')
        .meta(says('For people whose own is not known.')),
      language: z
        .string()
        .regex(/^[a-z]{2}(-[A-Z]{2})?$/u, 'write a language as en or pt-BR')
        .default('en')
        .meta(says('For people whose own is not known.')),
      perPersonPerDayMax: count(50).default(3).meta(says('Messages to one person a day, urgent ones aside.')),
      releasePerPersonPerDayMax: count(50)
        .default(1)
        .meta(says('Of these, messages about released history.')),
      urgentSeverity: z
        .enum(['low', 'medium', 'high', 'critical'])
        .default('critical')
        .meta(says('From this severity on, quiet hours and caps do not hold a message back.')),
      attemptsMax: count(50).default(8).meta(says('Attempts before a message becomes a dead letter.')),
      digestLoopsMax: count(100).default(20).meta(says('Loops that one digest speaks for.')),
      linkDays: count(90).default(14).meta(says('How long a reply link works.')),
    })
    .prefault({})
    .describe('Who is written to, when and how often.'),
  channels: z
    .record(slug, z.record(z.string(), z.unknown()))
    .default({})
    .describe('Ways to people. A channel is switched on by having its settings here.'),
  sources: z
    .record(
      slug,
      z.looseObject({
        ...sourceShape,
        pull: z.record(z.string(), z.unknown()).optional(),
        receiver: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .default({})
    .describe('Settings of sources; files can be imported without any.'),
  repositories: z
    .array(
      z.strictObject({
        name: line.max(300).meta(says('As reports name it, such as `github.com/acme/shop`.')),
        path: z.string().min(1).meta(path('A local clone.')),
        team: line.max(100).optional().meta(says('Team id from `people`, for what has no other owner.')),
      }),
    )
    .max(10_000)
    .default([])
    .describe('Clones in which authors, owners and fixes are looked up.'),
  people: z.string().min(1).optional().meta(path('File of people and teams, YAML or CSV.')),
  owners: z
    .record(
      slug,
      z.strictObject({
        files: z
          .array(z.string().min(1).meta(path('A file, or a folder of them.')))
          .min(1)
          .max(100)
          .meta(says('Exports that this directory reads; a folder stands for the files in it.')),
      }),
    )
    .default({})
    .describe('Directories that say who owns what, beside `people` and the clones; see [owners](owners.md).'),
  packs: z
    .string()
    .min(1)
    .optional()
    .meta(path('Folder of content; the packs that come with Foldback unless given.')),
  duty: z
    .strictObject({
      emails: z
        .array(email)
        .max(50)
        .default([])
        .meta(says('Further addresses that receive what has no owner.')),
    })
    .prefault({})
    .describe('Who takes what nobody owns; people with the duty role in `people` always do.'),
  backlog: z
    .strictObject({
      afterHours: count(8760)
        .default(72)
        .meta(says('What is older when it arrives is history and waits for a release.')),
    })
    .prefault({})
    .describe('History never shouts.'),
  trust: z
    .strictObject({
      scanners: z
        .array(network)
        .max(1000)
        .default([])
        .meta(
          says(
            'Networks of mail scanners and sandboxes: what comes from there was nobody, and never counts.',
          ),
        ),
      securityTeam: z
        .array(network)
        .max(1000)
        .default([])
        .meta(says('Networks of the security team, to whom simulated mails are forwarded.')),
    })
    .prefault({})
    .describe('Whether it was the identity itself; the rules stand in the packs.'),
  suppressions: z
    .string()
    .min(1)
    .optional()
    .meta(path('File of what is test data, each rule with an end; see [suppressions](suppressions.md).')),
  keys: z
    .strictObject({
      fingerprint: keyList
        .optional()
        .meta(
          secret(
            'Keys of fingerprints, the current one first. Keep the old ones: what they marked is recognised by them only.',
          ),
        ),
      token: keyList.optional().meta(secret('Keys of reply links, the current one first.')),
      ledger: keyList
        .optional()
        .meta(secret('Seeds (Ed25519) of the keys that sign checkpoints, the current one first.')),
      assignment: keyText.optional().meta(secret('Assigns people to variants. Never changes.')),
      event: keyText.optional().meta(secret('Gives events their ids. Never changes.')),
    })
    .prefault({})
    .describe(
      'Each 32 random bytes as base64 or hex, every one different. With the embedded store they are made at the first start; with PostgreSQL they come from here, the same on every node.',
    ),
  ledger: z
    .strictObject({
      checkpoints: z
        .string()
        .min(1)
        .optional()
        .meta(
          path(
            'File that checkpoints are also written to; `checkpoints.jsonl` in `data.dir` unless given. Best on another disk.',
          ),
        ),
    })
    .prefault({})
    .describe('How the story is made provable.'),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
        .default('info')
        .meta(says('What is written to standard error.')),
    })
    .prefault({})
    .describe('The log.'),
  limits: z
    .strictObject({
      bodyBytesMax: count(1024 ** 3)
        .default(limits.bodyBytesMax)
        .meta(says('Bytes of a request body.')),
      fileBytesMax: count(1024 ** 4)
        .default(limits.fileBytesMax)
        .meta(says('Unpacked bytes of one imported file.')),
      unpackedRatioMax: count(1100)
        .default(limits.unpackedRatioMax)
        .meta(says('How far compressed data may grow.')),
      depthMax: count(150).default(limits.depthMax).meta(says('Levels of arrays and objects in one record.')),
      stringCharsMax: count(64 * 1024 ** 2)
        .default(limits.stringCharsMax)
        .meta(says('Characters of one string.')),
      membersMax: count(10_000_000).default(limits.membersMax).meta(says('Values in one record.')),
      recordCharsMax: count(256 * 1024 ** 2)
        .default(limits.recordCharsMax)
        .meta(says('Characters of one record of a list.')),
    })
    .prefault({})
    .describe('Caps on what comes from outside.'),
  hook: z
    .strictObject({
      onError: z
        .enum(['allow', 'deny'])
        .default('allow')
        .meta(says('What a hook of git does when it cannot look for secrets; it says so either way.')),
    })
    .prefault({})
    .describe('Hooks of git.'),
  server: z
    .string()
    .optional()
    .meta(says('For commands: address of the server to talk to, instead of the one on this data.')),
  token: z.string().optional().meta(secret('For commands: API token for that server.')),
} as const;

export const baseSchema = z.strictObject(sections);
export type Config = Readonly<z.infer<typeof baseSchema>>;

/** What the registry of adapters tells about settings. */
export type AdapterSettings = {
  readonly channels?: readonly {
    readonly id: string;
    readonly leavesMachine: boolean;
    readonly settings: z.ZodType;
  }[];
  readonly sources?: readonly SourceSettings[];
};

export type SourceSettings = {
  readonly id: string;
  /** Of a source whose deliveries prove themselves by a secret. */
  readonly webhook?: unknown;
  readonly settings?: z.ZodObject;
  /** Of a source that can be read instead of sending. */
  readonly pull?: { readonly settings: z.ZodObject } | undefined;
  /** Of a source whose deliveries are signed with keys of the sender. */
  readonly receiver?: { readonly settings: z.ZodObject } | undefined;
};

/** The whole schema, with each adapter's own settings in their places. Without adapters, anything may stand there. */
export function configSchema(adapters: AdapterSettings): z.ZodType {
  const { channels, sources } = adapters;
  return z.strictObject({
    ...sections,
    ...(channels === undefined
      ? {}
      : {
          channels: z
            .strictObject(Object.fromEntries(channels.map(({ id, settings }) => [id, settings.optional()])))
            .prefault({})
            .describe(sections.channels.description ?? ''),
        }),
    ...(sources === undefined
      ? {}
      : {
          sources: z
            .strictObject(
              Object.fromEntries(
                sources.flatMap((source) => {
                  const schema = sourceSchema(source);
                  return schema === undefined ? [] : [[source.id, schema.optional()]];
                }),
              ),
            )
            .prefault({})
            .describe(sections.sources.description ?? ''),
        }),
  });
}

/** Undefined for a source of which nothing can be set: its files are imported, and its reports come with a token. */
function sourceSchema({ settings, webhook, pull, receiver }: SourceSettings): z.ZodType | undefined {
  if ([settings, webhook, pull, receiver].every((one) => one === undefined)) return undefined;
  const shape = {
    ...(webhook === undefined ? {} : sourceShape),
    ...(pull === undefined
      ? {}
      : { pull: pull.settings.extend(pullTiming).optional().describe(pullDescription) }),
    ...(receiver === undefined
      ? {}
      : { receiver: receiver.settings.optional().describe(receiverDescription) }),
  };
  return settings === undefined ? z.strictObject(shape) : settings.safeExtend(shape);
}
