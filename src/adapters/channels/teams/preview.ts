import { dictOf, listOf, textOf } from '../../../lib/guards.ts';
import type { Delivery, ShownPart } from '../../../ports/channel.ts';
import { renderTeams } from './render.ts';

/** The card as a reader sees it. */
export function previewTeams(delivery: Delivery): readonly ShownPart[] {
  const body: unknown = JSON.parse(renderTeams(delivery));
  const [attachment] = listOf(dictOf(body)?.['attachments']);
  const card = dictOf(dictOf(attachment)?.['content']);
  const titles = listOf(card?.['actions']).map((action) => textOf(dictOf(action)?.['title']) ?? '');
  return [
    ...listOf(card?.['body']).flatMap((element) => shown(element, false)),
    ...(titles.length === 0 ? [] : [{ kind: 'buttons' as const, labels: titles }]),
  ];
}

function shown(given: unknown, isStep: boolean): readonly ShownPart[] {
  const element = dictOf(given);
  if (element?.['type'] === 'Container') return listOf(element['items']).flatMap((one) => shown(one, true));
  const runs = listOf(element?.['inlines']).map(dictOf);
  const text = runs.map((run) => textOf(run?.['text']) ?? '').join('');
  if (text === '') return [];
  if (runs[0]?.['size'] === 'Large') return [{ kind: 'title', text }];
  if (runs[0]?.['isSubtle'] === true) return [{ kind: 'small', text }];
  return [{ kind: isStep ? 'step' : 'text', text }];
}
