import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { judgeAudit } from '../scripts/watch-packages.ts';

const root = resolve(import.meta.dirname, '..');
const report = (vulnerabilities: object) =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: { dependencies: { prod: 77 } } });

test('a known weakness of a package is told with the days in which it is mended', () => {
  const found = judgeAudit(
    report({
      undici: { severity: 'high', range: '<8.13.0', fixAvailable: true },
      hono: { severity: 'moderate', range: '<5', fixAvailable: false },
    }),
    false,
  );
  expect(found).toEqual({
    kind: 'found',
    lines: [
      'undici <8.13.0: high, to be mended within 7 days; a newer version mends it',
      'hono <5: moderate, to be mended within 30 days; no newer version mends it',
    ],
  });
  expect(judgeAudit(report({}), false)).toEqual({ kind: 'clean', packages: 77 });
});

test('a registry that cannot be asked is no good news', () => {
  const refused = JSON.stringify({ message: '405 Method Not Allowed', error: { summary: '' } });
  expect(judgeAudit(refused, false)).toEqual({ kind: 'unasked', reason: '405 Method Not Allowed' });
  expect(judgeAudit('', false).kind).toBe('unasked');
  expect(judgeAudit(report({}), true).kind).toBe('unasked');
  const ran = spawnSync(process.execPath, [join(root, 'scripts', 'watch-packages.ts')], {
    cwd: root,
    env: { ...process.env, npm_config_offline: 'true' },
    encoding: 'utf8',
  });
  expect([ran.status, ran.stdout]).toEqual([2, expect.stringContaining('Nothing was checked')]);
});

test('newer versions are proposed every week, of packages, of the image and of nothing else', () => {
  const { version, updates } = parse(readFileSync(join(root, '.github', 'dependabot.yml'), 'utf8'));
  expect(version).toBe(2);
  expect(
    updates.map((one: { 'package-ecosystem': string; directory: string; schedule: { interval: string } }) => [
      one['package-ecosystem'],
      one.directory,
      one.schedule.interval,
    ]),
  ).toEqual([
    ['npm', '/', 'weekly'],
    ['docker', '/deploy', 'weekly'],
  ]);
});
