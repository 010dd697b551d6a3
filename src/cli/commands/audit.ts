import { z } from 'zod';
import { checkBackwards } from '../../ledger/check-audit.ts';
import { type ExitCode, exit } from '../exit.ts';
import { line, next, note, writeJson } from '../output.ts';
import { type Session, type StoreFlags, withSession } from '../session.ts';

export type AuditFlags = StoreFlags & {
  readonly json?: boolean;
  readonly kind?: string;
  readonly by?: string;
  readonly limit?: string;
};

const entrySchema = z.looseObject({
  seq: z.int(),
  at: z.string(),
  kind: z.string(),
  by: z.string(),
  name: z.string().optional(),
  address: z.string().optional(),
  body: z.string(),
  previous: z.string(),
  hash: z.string(),
});
type Entry = z.infer<typeof entrySchema>;
const pageSchema = z.looseObject({ items: z.array(entrySchema), next: z.int().optional() });
const headSchema = z.looseObject({ seq: z.int(), hash: z.string() });
const headsSchema = z.looseObject({ head: headSchema.optional(), noted: z.array(headSchema) });

/** As `http/audit/note-access.ts` has it: what the hashes of the chain are made over. */
const auditChainId = '5d0f6b8a3c1e4f7290ab7c6de1f20a11';
const pageMax = 1000;

/** Lists decisions about access, the latest first. */
export async function auditListCommand(flags: AuditFlags): Promise<ExitCode> {
  const { items } = await withSession(flags, (session) =>
    pageOf(session, { kind: flags.kind, by: flags.by, limit: flags.limit ?? '50' }),
  );
  for (const entry of items) {
    if (flags.json === true) writeJson(entry);
    else line(textOf(entry));
  }
  if (items.length === 0) note('Nothing is recorded that fits.');
  else if (flags.json !== true) next('npx foldback audit verify');
  return exit.ok;
}

/** Checks the whole chain here, entry by entry: exit 1 when anything was altered or removed. */
export async function auditVerifyCommand(flags: AuditFlags): Promise<ExitCode> {
  const result = await withSession(flags, async (session) => {
    const { head, noted } = await session.ask({ method: 'GET', path: '/v1/audit/heads' }, headsSchema);
    const check = checkBackwards(
      head ?? { seq: 0, hash: '' },
      new Map(noted.map(({ seq, hash }) => [seq, hash])),
    );
    let before = head === undefined ? undefined : head.seq + 1;
    while (before !== undefined) {
      const page: z.infer<typeof pageSchema> = await pageOf(session, {
        limit: String(pageMax),
        before: String(before),
      });
      check.page(
        page.items.map(({ seq, at, kind, previous, hash, body }) => ({
          loop: auditChainId,
          seq,
          at: Date.parse(at),
          kind,
          previous,
          hash,
          body,
        })),
      );
      before = page.next;
    }
    return { ...check.end(), noted: noted.length };
  });
  const isWhole = result.findings.length === 0;
  if (flags.json === true) writeJson({ isWhole, ...result });
  else {
    for (const { where, detail } of result.findings) line(`${where}: ${detail}`);
    line(
      isWhole
        ? `Whole: ${result.entries} entries, ${result.noted} heads of them in the sealed ledger.`
        : `Not whole: ${result.findings.length} findings in ${result.entries} entries.`,
    );
  }
  return isWhole ? exit.ok : exit.failed;
}

function pageOf(
  session: Session,
  asked: Readonly<Record<string, string | undefined>>,
): Promise<z.infer<typeof pageSchema>> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, value);
  return session.ask({ method: 'GET', path: `/v1/audit?${query}` }, pageSchema);
}

function textOf({ seq, at, kind, by, name, address, body }: Entry): string {
  const { by: _by, address: _address, ...rest } = z.record(z.string(), z.unknown()).parse(JSON.parse(body));
  const said = Object.entries(rest).map(
    ([key, value]) => `${key}=${Array.isArray(value) ? value.join(',') : value}`,
  );
  const who = name === undefined ? by : `${name} (${by})`;
  return [seq, at, kind, who, ...(address === undefined ? [] : [`from ${address}`]), ...said].join('  ');
}
