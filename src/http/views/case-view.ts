import type { Behaviour } from '../../core/behaviour.ts';
import { dayMs, durationMs } from '../../core/duration.ts';
import { proofOf } from '../../core/loop/proof.ts';
import { type CaseText, caseText } from '../../core/render.ts';
import { localDay, localMs } from '../../core/working-time.ts';
import type { Campaign } from '../../loop/campaign.ts';
import { caseValues, latestValidity, messageValues, standsOf } from '../../loop/message-values.ts';
import { snoozesOffered } from '../../loop/snooze.ts';
import type { PackBehaviour } from '../../packs/pack-behaviour.ts';
import { fill } from '../../pages/page-text.ts';
import type { PageWords } from '../../pages/page-words.ts';
import type { CaseStatus, CaseView, House, RecipientView, SeenBy } from '../../pages/recipient-view.ts';
import type { Recipient } from '../../ports/channel.ts';
import type { LoopRow, MessageRow } from '../../ports/store.ts';
import type { Room } from '../room.ts';
import { caseStatus, withSnooze } from './case-status.ts';
import { mailView } from './mail-view.ts';

/** Everything that a recipient's page is made of, apart from its form. */
export type Reading = {
  readonly room: Room;
  readonly message: MessageRow;
  readonly recipient: Recipient;
  readonly words: PageWords;
  readonly timeZone: string;
  readonly house: House;
  readonly pack: PackBehaviour;
  readonly now: number;
};

/** Undefined when the behaviour or the recipient is no longer known: then there is nothing to show. */
export function readingOf(room: Room, message: MessageRow, host: string): Reading | undefined {
  const { parts, packs, config } = room.given;
  const recipient = parts.recipient(message.to);
  const pack = packs.behaviours.get(message.behaviour);
  if (recipient === undefined || pack === undefined) return undefined;
  const words = room.words(recipient.language);
  return {
    room,
    message,
    recipient,
    words,
    timeZone: recipient.timeZone ?? config.delivery.timeZone,
    house: houseOf(room, words, host),
    pack,
    now: parts.clock.now(),
  };
}

export function houseOf(room: Room, words: PageWords, host: string): House {
  const { name } = room.given.config.organisation;
  return {
    sender: fill(words.common.sender, { organisation: name }).join(''),
    duty: words.common.duty,
    host,
  };
}

export function caseView(reading: Reading, row: LoopRow, path?: string): CaseView {
  const { pack, now, timeZone, message } = reading;
  const { behaviour } = pack;
  const { facts } = row;
  const where = facts.kept[0]?.where ?? {};
  const text = textOf(reading, row);
  const validity = latestValidity(facts);
  const proof = proofOf(facts, behaviour, now);
  const acceptRisk = riskBounds(behaviour, now, timeZone);
  const snoozes = snoozesOffered(reading.room.given.parts, row, message.to, now);
  const { repository, file, line, commit, branch } = where;
  return {
    code: row.caseCode,
    title: text.title,
    occurredAt: row.firstOccurredAt,
    where: {
      ...(repository === undefined ? {} : { repository }),
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      ...(commit === undefined ? {} : { commit }),
      ...(branch === undefined ? {} : { branch }),
      // Of a secret the identity is its mask, which stands below as evidence.
      ...(facts.identity === undefined || facts.identity.id === facts.secret?.mask
        ? {}
        : { identity: facts.identity.id }),
    },
    now: {
      state: validity.status,
      ...(validity.at === undefined ? {} : { checkedAt: validity.at }),
      ...(text.now === undefined ? {} : { text: text.now }),
    },
    step: { text: text.step, minutes: text.minutes, list: text.steps, link: text.docs },
    offered: behaviour.answers,
    ...(acceptRisk === undefined ? {} : { acceptRisk }),
    ...(snoozes.length === 0 ? {} : { snoozes }),
    status: withSnooze(caseStatus(row, behaviour, proof, message.to, timeZone), row, message.to, now),
    ...(path === undefined ? {} : { path }),
  };
}

/** The page of one case; `form` and `problem` are added by the route. */
export function recipientView(
  reading: Reading,
  row: LoopRow,
  campaign?: Campaign,
): Omit<RecipientView, 'form' | 'problem'> {
  const { words, pack, house, timeZone } = reading;
  const text = textOf(reading, row);
  const shown = caseView(reading, row);
  const mail =
    campaign === undefined ? undefined : mailView(campaign, reading.room.given.packs.cues, words.language);
  return {
    reader: { timeZone },
    house,
    case: shown,
    ...(mail === undefined ? {} : { mail }),
    evidence: evidenceOf(words, row),
    consequence: text.consequence,
    clue: text.clue,
    learnMore: text.learnMore,
    seenBy: seenBy(reading, row, shown.status),
    frameworks: pack.frameworks.map(({ framework, edition, id }) => `${framework} ${edition} ${id}`),
  };
}

const noText: CaseText = {
  title: '',
  step: '',
  minutes: 0,
  steps: [],
  docs: { label: '', url: '' },
  consequence: '',
  clue: '',
  learnMore: { label: '', url: '' },
};

function textOf({ room, pack, words, recipient, now }: Reading, row: LoopRow): CaseText {
  const found = room.given.packs.words(row.behaviour, words.language);
  if (found === undefined) return noText;
  const stands = standsOf(proofOf(row.facts, pack.behaviour, now));
  const values = { ...caseValues(row, stands), recipientName: recipient.name };
  return caseText(found, values, pack.behaviour);
}

function evidenceOf(words: PageWords, row: LoopRow): RecipientView['evidence'] {
  const { secret, sources, sightings } = row.facts;
  const { evidence } = words.recipient;
  const rule = secret === undefined ? '' : `, ${secret.rule}`;
  return [
    ...(secret === undefined ? [] : [{ label: evidence.secret, value: secret.mask }]),
    { label: evidence.source, value: `${sources.join(', ')}${rule}` },
    ...(sightings > 1
      ? [{ label: evidence.seen, value: fill(evidence.times, { count: sightings }).join('') }]
      : []),
  ];
}

/** Who sees it; while no answer stands, also who will, as the first message said it. */
function seenBy(reading: Reading, row: LoopRow, status: CaseStatus): readonly SeenBy[] {
  const { room, message, recipient, words } = reading;
  const { sees } = words.recipient;
  const you = { who: fill(sees.you, { duty: words.common.duty }).join('') };
  const others = row.facts.messages.filter(
    ({ moment, outcome, recipient: to }) =>
      moment === 'escalation' && outcome !== 'refused' && to.kind !== 'duty' && to.id !== recipient.id,
  );
  if (others.length > 0) {
    const names = others.map(({ recipient: to }) =>
      to.kind === 'person'
        ? (room.given.parts.people.person(to.id)?.name ?? sees.manager)
        : (room.given.parts.people.team(to.id)?.name ?? sees.team),
    );
    return [you, ...[...new Set(names)].map((who) => ({ who }))];
  }
  if (status.kind !== 'open') return [you];
  const values = messageValues(room.given.parts, {
    message: message.id,
    moment: message.moment,
    behaviour: message.behaviour,
    recipient,
    loops: [row],
    // Silence counts anew from when it was put off to.
    at: Math.max(message.sentAt ?? message.createdAt, status.snoozedUntil ?? 0),
  });
  const later = values?.seenBy;
  if (later === undefined || later.who === 'nobody' || later.who === 'duty') return [you];
  const who = later.name ?? (later.who === 'manager' ? sees.manager : sees.team);
  return [you, later.at === undefined ? { who } : { who, fromAt: later.at }];
}

/** First and last day on which an accepted risk may end, in the reader's calendar. */
export function riskBounds(
  behaviour: Pick<Behaviour, 'acceptRiskMax'>,
  now: number,
  timeZone: string,
): { readonly first: string; readonly last: string } | undefined {
  const first = localDay(now + dayMs, timeZone);
  // The last day must end within the bound.
  const last = localDay(now + durationMs(behaviour.acceptRiskMax) - dayMs, timeZone);
  return last < first ? undefined : { first, last };
}

/** The end of a calendar day where the reader is, epoch milliseconds. */
export function endOfDay(date: string, timeZone: string): number {
  const local = Date.parse(`${date}T23:59:59Z`);
  // Twice: the offset of the guess may not be that of the day, when the clocks change.
  let at = local;
  for (let round = 0; round < 2; round += 1) at = local - (localMs(at, timeZone) - at);
  return at;
}
