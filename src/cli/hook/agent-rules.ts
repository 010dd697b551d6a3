import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dictOf, isDict, listOf, textOf } from '../../lib/guards.ts';
import { readPrivateFile, replacePrivateFile } from '../../lib/keys-file.ts';
import type { AgentQuestion } from './agent-question.ts';
import type { KnownServer } from './agent-settings.ts';
import { askJson } from './ask-json.ts';

/** What a rule says, in the words of its pack. */
export type RuleWords = {
  readonly id: string;
  readonly ruleClass: string;
  readonly say: string;
  readonly instead: readonly string[];
  readonly ask: string | undefined;
};

const fileName = 'agent-rules.json';
/** Rules change rarely, and each call of an agent is a chance to ask. */
const freshMs = 10 * 60_000;

/** Keeps the critical rules of the server beside its data, for when it is away. Never throws. */
export async function keepRules(
  server: KnownServer,
  dataDir: string,
  now: number,
  timeoutMs: number,
): Promise<void> {
  const path = join(dataDir, fileName);
  const known = await stat(path).catch(() => undefined);
  if (known !== undefined && Math.abs(now - known.mtimeMs) < freshMs) return;
  const answered = await askJson(server, 'GET', '/v1/agents/rules', undefined, timeoutMs);
  if (answered?.status !== 200 || !isDict(answered.body)) return;
  // Without it the next contact tries again.
  await replacePrivateFile(path, `${JSON.stringify(answered.body)}\n`).catch(() => undefined);
}

/**
 * The kept rule that forbids this, judged by Cedar as the server would. `none`: rules are kept, and none of them does;
 * `unknown`: none were ever kept, or the file cannot be read.
 */
export async function forbiddenByKept(
  question: AgentQuestion,
  dataDir: string,
  language: string,
): Promise<RuleWords | 'none' | 'unknown'> {
  const found = await readPrivateFile(join(dataDir, fileName)).catch(() => undefined);
  if (found?.kind !== 'read') return 'unknown';
  try {
    const rules = listOf(dictOf(dictOf(JSON.parse(found.text))?.payload)?.rules).filter(isDict);
    const decided = await decidedBy(question, rules);
    const rule = rules.find(({ id }) => typeof id === 'string' && decided.has(id));
    return rule === undefined ? 'none' : wordsOf(rule, language);
  } catch {
    return 'unknown';
  }
}

type Kept = Readonly<Record<string, unknown>>;

async function decidedBy(question: AgentQuestion, rules: readonly Kept[]): Promise<ReadonlySet<string>> {
  const { cedar } = await import('../../policy/cedar.ts');
  const { subject, action, resource } = question;
  const staticPolicies = Object.fromEntries(
    rules.flatMap(({ id, policy }) => {
      const name = textOf(id);
      const text = textOf(policy);
      return name === undefined || text === undefined ? [] : [[name, JSON.parse(text)]];
    }),
  );
  const answer = cedar().isAuthorized({
    principal: { type: subject.type, id: subject.id },
    action: { type: 'Action', id: action.name },
    resource: { type: resource.type, id: resource.id },
    context: {},
    policies: { staticPolicies },
    entities: [
      { uid: { type: subject.type, id: subject.id }, attrs: { ...subject.properties }, parents: [] },
      { uid: { type: resource.type, id: resource.id }, attrs: { ...resource.properties }, parents: [] },
    ],
  });
  return new Set(answer.type === 'success' ? answer.response.diagnostics.reason : []);
}

function wordsOf(rule: Kept, language: string): RuleWords {
  const spoken = (value: unknown) => textOf(dictOf(value)?.[language]) ?? textOf(dictOf(value)?.en);
  return {
    id: textOf(rule.id) ?? '',
    ruleClass: textOf(rule.ruleClass) ?? '',
    say: spoken(rule.say) ?? '',
    instead: listOf(rule.instead).flatMap((item) => spoken(item) ?? []),
    ask: spoken(rule.ask),
  };
}
