import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../core/event.ts';
import type { BrokenCall } from '../../judge-call.ts';
import { dictOf, textOf } from '../../lib/guards.ts';
import type { AgentHookSettings } from './agent-settings.ts';

/** The behaviour of the content that comes with Foldback that every broken rule of an agent's call is a failure of. */
const shippedBehaviour = 'agent-outside-policy';

/**
 * What a call breaks, with its name in the packs. Of the content that comes with Foldback only that name is read, as the
 * agent waits; content of one's own may judge otherwise, and is read as a whole.
 */
export async function brokenCall(
  event: Event,
  { packs, language }: Pick<AgentHookSettings, 'packs' | 'language'>,
): Promise<BrokenCall | undefined> {
  const rule = event.joins?.rule;
  if (rule === undefined) return undefined;
  if (packs !== undefined) {
    const { brokenBy } = await import('../../judge-call.ts');
    return brokenBy(event, { packs, language });
  }
  const thing = (await shippedThing(rule, language)) ?? (await shippedThing(rule, 'en'));
  return { behaviour: shippedBehaviour, rule, thing };
}

async function shippedThing(rule: string, language: string): Promise<string | undefined> {
  if (!/^[a-z]{2}$/u.test(language)) return undefined;
  try {
    const { parse } = await import('yaml');
    const { shippedPacksDir } = await import('../../packs/pack-folder.ts');
    const file = join(shippedPacksDir(), 'messages', shippedBehaviour, `fixes.${language}.yaml`);
    const parsed: unknown = parse(readFileSync(file, 'utf8'));
    const fixes = dictOf(dictOf(parsed)?.fixes);
    return textOf(dictOf(fixes?.[rule] ?? fixes?.generic)?.thing);
  } catch {
    // The rule is named all the same.
    return undefined;
  }
}
