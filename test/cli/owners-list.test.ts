import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const minutesMs = 120_000;
let cwd: string;
/** A formula, a line break, a quotation mark, a direction mark and a terminal escape. */
const hostile = '=HYPERLINK("http://198.51.100.7")\u202e\u001b[31m,x';

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'foldback-test-'));
  const apps = [
    { id: hostile, name: 'oidc_client', label: 'Shop', status: 'ACTIVE' },
    { id: '0oa2', name: 'oidc_client', label: 'Mail', status: 'ACTIVE' },
  ];
  writeFileSync(join(cwd, 'apps.json'), JSON.stringify(apps));
  writeFileSync(join(cwd, 'foldback.yaml'), 'owners:\n  okta-export: { files: [apps.json] }\n');
});
afterAll(() => rmSync(cwd, { recursive: true }));

test(
  'identities are listed without a server, and no cell of the table is a formula, a line or an escape',
  async () => {
    const csv = await runCli(['owners', 'list', '--all', '--format', 'csv'], { cwd });
    expect(csv.code, csv.stderr).toBe(0);
    const rows = parse(csv.stdout, { columns: true }) as readonly Record<string, string>[];
    expect(rows.map(({ standing }) => standing)).toEqual(['orphaned', 'orphaned']);
    const name = rows.map((row) => row.name ?? '').find((text) => text.includes('HYPERLINK')) ?? '';
    expect(name.startsWith("'=")).toBe(true);
    expect(csv.stdout).not.toMatch(/[\u202e\u001b]/u);
    for (const row of rows) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+@-]/u);

    const json = await runCli(['owners', 'list', '--json', '--text', '0oa2'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ name: '0oa2', isListed: true, standing: 'orphaned' });
    const coverage = await runCli(['owners', 'coverage', '--json'], { cwd });
    expect(JSON.parse(coverage.stdout)).toMatchObject({ identities: [{ n: 2, orphaned: 2 }] });
    expect((await runCli(['owners', 'list', '--standing', 'lost'], { cwd })).code).toBe(2);
  },
  minutesMs,
);
