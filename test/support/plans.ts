import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

type Plan = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Plan[];
};

/** How the server went about a statement: what it read from end to end, and the indexes it went by. */
export type Told = { readonly scans: ReadonlySet<string>; readonly indexes: ReadonlySet<string> };

/** A database whose server tells the plan of every statement that it runs, by the text of the statement. */
export function explained(target: string, told: Map<string, Told>): Kysely<unknown> {
  const pool = new pg.Pool({ connectionString: target, max: 4 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    void client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0;
      set auto_explain.log_format = json; set client_min_messages = log`);
    client.on('notice', ({ message = '' }) => {
      const at = message.indexOf('plan:\n');
      if (at < 0) return;
      const { 'Query Text': text, Plan: plan }: { 'Query Text': string; Plan: Plan } = JSON.parse(
        message.slice(at + 6),
      );
      const statement = text.replace(/\s+/gu, ' ').trim();
      const before = told.get(statement);
      const nodes = [...nodesOf(plan)];
      const names = (of: (node: Plan) => string | undefined) => nodes.flatMap((node) => of(node) ?? []);
      told.set(statement, {
        scans: new Set([
          ...(before?.scans ?? []),
          ...names((node) => (node['Node Type'] === 'Seq Scan' ? node['Relation Name'] : undefined)),
        ]),
        indexes: new Set([...(before?.indexes ?? []), ...names((node) => node['Index Name'])]),
      });
    });
  });
  return new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
}

function* nodesOf(plan: Plan): Generator<Plan> {
  yield plan;
  for (const one of plan.Plans ?? []) yield* nodesOf(one);
}
