import type { MessageValues } from './core/placeholders.ts';
import { type CaseText, caseText } from './core/render.ts';
import type { Packs } from './packs/load.ts';
import type { PackBehaviour } from './packs/pack-behaviour.ts';
import { pageStyle } from './pages/page-style.ts';
import { fill } from './pages/page-text.ts';
import type { PageWords } from './pages/page-words.ts';
import { recipientPage } from './pages/recipient-page.ts';
import type { RecipientView } from './pages/recipient-view.ts';

/**
 * The page behind the link of a message, with its own style sheet, for a tree of its own: nothing of it is loaded or
 * sent from where it is previewed. Undefined where the behaviour has no words in the language.
 */
export function previewRecipient(
  packs: Packs<PageWords>,
  pack: PackBehaviour,
  language: string,
  values: MessageValues,
): string | undefined {
  const words = packs.words(pack.behaviour.id, language);
  const page = packs.page(language);
  if (words === undefined || page === undefined) return undefined;
  const text = caseText(words, values, pack.behaviour);
  const shown = recipientPage(viewOf(pack, page, text, values), page);
  const body = shown.slice(shown.indexOf('<body>') + '<body>'.length, shown.lastIndexOf('</body>'));
  return `<style>${ownStyle}</style>${body}`;
}

/** A page always knows when. */
const anyDay = Date.UTC(2026, 10, 20, 15, 2);

/** In a tree of its own there is no root and no body; their part is the host's. */
const ownStyle = pageStyle.replaceAll(':root', ':host').replaceAll(/(?<![\w-])body\{/gu, ':host{');

function viewOf(
  { behaviour, frameworks }: PackBehaviour,
  words: PageWords,
  text: CaseText,
  values: MessageValues,
): RecipientView {
  const { sees, evidence } = words.recipient;
  const { occurredAt = anyDay, checkedAt, repository, file, line, commit, branch, identity, seenBy } = values;
  return {
    reader: { timeZone: values.timeZone ?? 'UTC' },
    house: {
      sender: fill(words.common.sender, { organisation: 'Example Corp' }).join(''),
      duty: words.common.duty,
      host: 'feedback.example.com',
    },
    form: { path: '#', nonce: '' },
    case: {
      code: values.caseCode,
      title: text.title,
      occurredAt,
      where: {
        ...(repository === undefined ? {} : { repository }),
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { line }),
        ...(commit === undefined ? {} : { commit }),
        ...(branch === undefined ? {} : { branch }),
        ...(identity === undefined ? {} : { identity }),
      },
      now: {
        state: values.validity,
        ...(checkedAt === undefined ? {} : { checkedAt }),
        ...(text.now === undefined ? {} : { text: text.now }),
      },
      step: { text: text.step, minutes: text.minutes, list: text.steps, link: text.docs },
      offered: behaviour.answers,
      acceptRisk: { first: '2026-11-24', last: '2027-02-20' },
      status: { kind: 'open' },
    },
    evidence: [{ label: evidence.source, value: values.rule ?? '–' }],
    consequence: text.consequence,
    clue: text.clue,
    learnMore: text.learnMore,
    seenBy: [
      { who: fill(sees.you, { duty: words.common.duty }).join('') },
      ...(seenBy?.name === undefined
        ? []
        : [{ who: seenBy.name, ...(seenBy.at === undefined ? {} : { fromAt: seenBy.at }) }]),
    ],
    frameworks: frameworks.map(({ framework, edition, id }) => `${framework} ${edition} ${id}`),
  };
}
