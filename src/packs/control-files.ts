import { parseDocument } from 'yaml';
import { type Filled, filledText } from '../core/control/fill.ts';
import type { IdentifierType } from '../core/control/identifier.ts';
import { matcherOf } from '../core/control/matcher.ts';
import {
  type ControlTemplate,
  controlTemplateSchema,
  ownPlaceholders,
  placeholderPattern,
} from '../core/control/template.ts';
import type { PackFolder } from './pack-folder.ts';
import type { PackProblem } from './problem.ts';

/** A control as content, with where it stands. */
export type PackControl = {
  readonly template: ControlTemplate;
  readonly file: string;
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

/** Names with which a template is tried out; they are nobody's. */
const sampleNames: Readonly<Record<IdentifierType, string>> = {
  repository: 'acme/shop-api',
  organisation: 'acme',
  directory: 'src/pay',
  file: 'src/pay.ts',
  branch: 'main',
  environment: 'production',
  team: 'platform',
  role: 'arn:aws:iam::123456789012:role/deploy',
  identity: 'build-agent',
  resource: 'production',
  action: 'issue_token',
  rule: 'secret-reach',
  tool: 'execute_order',
};

/** Reads `controls/<id>.yaml`. */
export function readControls(
  folder: PackFolder,
  behaviours: ReadonlyMap<string, unknown>,
  problems: PackProblem[],
): ReadonlyMap<string, PackControl> {
  const controls = new Map<string, PackControl>();
  for (const { file, groups } of folder.matching(/^controls\/([^/]+)\.yaml$/u)) {
    const read = folder.yaml(file, controlTemplateSchema);
    if (read === undefined) continue;
    const { value: template, lineOf } = read;
    const report = (path: readonly PropertyKey[], reason: string) =>
      problems.push({ file, line: lineOf(path), reason });
    if (template.id !== groups[0]) report(['id'], `by its id this file should be called ${template.id}.yaml`);
    for (const id of template.behaviours)
      if (!behaviours.has(id)) report(['behaviours'], `there is no behaviour "${id}"`);
    checkNames(template, report);
    checkForm(template, report);
    controls.set(template.id, { template, file, lineOf });
  }
  return controls;
}

/** What each example of a control says, by the matcher that a back-test runs. */
export function runControlExamples(control: PackControl): readonly PackProblem[] {
  const { template, file, lineOf } = control;
  const matcher = matcherOf(template, sampleValues(template));
  if (matcher.kind === 'error') return [];
  return template.examples.flatMap(({ name, event, expect }, index) => {
    const said = matcher.judge(event);
    const reason = `the example "${name}" should be "${expect}", but the control says "${said}"`;
    return said === expect ? [] : [{ file, line: lineOf(['examples', index]), reason }];
  });
}

type Report = (path: readonly PropertyKey[], reason: string) => void;

function checkNames(template: ControlTemplate, report: Report): void {
  const known = new Set([...Object.keys(template.placeholders), ...ownPlaceholders]);
  for (const name of ownPlaceholders)
    if (Object.hasOwn(template.placeholders, name))
      report(['placeholders', name], `"${name}" is filled in by Foldback itself`);
  const { each } = template;
  if (each !== undefined && !Object.hasOwn(template.placeholders, each))
    report(['each'], `there is no placeholder "${each}"`);
  for (const [index, { target, path, text }] of template.files.entries())
    for (const [, name = ''] of `${target} ${path} ${text}`.matchAll(placeholderPattern))
      if (!known.has(name)) report(['files', index], `there is no placeholder "${name}"`);
  const matcher = matcherOf(template, sampleValues(template));
  if (matcher.kind === 'error') report(['catches', ...matcher.path], matcher.reason);
  const isPolicy = template.kind === 'cedar-policy';
  if (isPolicy !== (template.request !== undefined))
    report(['request'], 'a Cedar policy, and nothing else, needs the request that an event comes to');
}

/** Whether each file is one of its format once it is written. Cedar is judged by the policies themselves. */
function checkForm(template: ControlTemplate, report: Report): void {
  const values = { ...sampleValues(template), control: ['0123456789ab'] };
  for (const [index, { text, format }] of template.files.entries()) {
    const written = filledText(text, values);
    if (written === undefined) continue;
    const reason =
      format === 'json' ? jsonFault(written) : format === 'yaml' ? yamlFault(written) : undefined;
    if (reason !== undefined) report(['files', index, 'text'], `filled in, this is not ${format}: ${reason}`);
  }
}

function sampleValues(template: ControlTemplate): Filled {
  return Object.fromEntries(
    Object.entries(template.placeholders).map(([name, { type }]) => [name, [sampleNames[type]]]),
  );
}

function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (fault) {
    return fault instanceof Error ? fault.message : 'it cannot be read';
  }
}

function yamlFault(text: string): string | undefined {
  return parseDocument(text, { version: '1.2', uniqueKeys: true }).errors[0]?.message.split('\n')[0];
}
