import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cliMarkdown } from '../../scripts/cli-docs.ts';
import { createProgram } from '../../src/cli/program.ts';
import { runCli } from '../support/run-cli.ts';

test('docs/cli.md says what --help says (npm run docs writes it)', () => {
  const file = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8');
  expect(file).toBe(cliMarkdown());
});

test('every command has its code, and help without loading it', async () => {
  const program = createProgram('', () => undefined);
  const groups = program.commands.filter((command) => command.commands.length > 0);
  const names = [
    ...program.commands.filter((command) => command.commands.length === 0).map((command) => [command.name()]),
    ...groups.flatMap((group) => group.commands.map((command) => [group.name(), command.name()])),
  ];
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) {
    const { code, stdout } = await runCli([...name, '--help']);
    expect(code, name.join(' ')).toBe(0);
    expect(stdout).toContain(`Usage: foldback ${name.join(' ')}`);
  }
});

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  expect((await runCli(['--version'])).stdout).toBe(`${version}\n`);
});

test('a group of commands without one of them shows its help and ends with 2', async () => {
  const ran = await runCli(['loops']);
  expect(ran.code).toBe(2);
  expect(`${ran.stdout}${ran.stderr}`).toContain('Usage: foldback loops');
});
