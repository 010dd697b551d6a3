import { z } from 'zod';
import { access } from './sections/access.ts';
import { attention } from './sections/attention.ts';
import { audit } from './sections/audit.ts';
import { backup } from './sections/backup.ts';
import { backlog, channels, delivery, duty } from './sections/delivery.ts';
import { holidays } from './sections/holidays.ts';
import { http, limits } from './sections/http.ts';
import { data, database, hook, ledger, log, organisation, server, token } from './sections/installation.ts';
import { keys } from './sections/keys.ts';
import { ladder } from './sections/ladder.ts';
import { measures } from './sections/measures.ts';
import { owners, packs, people, repositories } from './sections/owners.ts';
import { privacy } from './sections/privacy.ts';
import {
  pullDescription,
  pullTiming,
  receiverDescription,
  sourceShape,
  sources,
  suppressions,
  trust,
} from './sections/sources.ts';

/** Everything that can be set, in the order of docs/config.md. A subject has its file in `sections/`. */
export const sections = {
  organisation,
  data,
  database,
  http,
  access,
  delivery,
  attention,
  holidays,
  ladder,
  channels,
  sources,
  repositories,
  people,
  owners,
  packs,
  duty,
  backlog,
  trust,
  suppressions,
  measures,
  keys,
  ledger,
  privacy,
  audit,
  backup,
  log,
  limits,
  hook,
  server,
  token,
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
