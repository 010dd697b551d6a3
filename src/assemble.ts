import picomatch from 'picomatch';
import { replyToken } from './access/reply-token.ts';
import type { Event } from './core/event.ts';
import { holdOutVariant } from './core/experiments/document.ts';
import { heldOut } from './core/experiments/held-out.ts';
import type { Addressee } from './core/loop/position.ts';
import { isOfSetUp } from './core/loop/wants.ts';
import { isSameMask } from './core/mask.ts';
import { assignmentText, unitInterval } from './core/measures/experiment/allocation.ts';
import type { AnswerLabels } from './core/message.ts';
import type { Evidence, OwnerRef, Person } from './core/owner.ts';
import type { OwnerWeights } from './core/owner-weights.ts';
import { rankOwners } from './core/rank-owners.ts';
import { renderMessage } from './core/render.ts';
import { resolveOwner } from './core/resolve-owner.ts';
import { appendRows } from './ledger/rows.ts';
import { canonicalJson } from './lib/canonical-json.ts';
import { hmacText, keyedHash, sha256Hex } from './lib/hmac.ts';
import { isAwayNow, openLeaves } from './loop/leaves.ts';
import { messageValues } from './loop/message-values.ts';
import type { DeliverySettings, LoopParts, ResolvedOwner } from './loop/parts.ts';
import { openRollout } from './loop/rollout.ts';
import { snoozeLimits } from './loop/severity.ts';
import { classifier, correlationName, creditOf } from './packs/classify.ts';
import { baseLanguage, type Packs } from './packs/load.ts';
import { packTexts } from './packs/pack-texts.ts';
import type { TrustNetworks } from './packs/trust-file.ts';
import type { Channel, Recipient } from './ports/channel.ts';
import type { Clock } from './ports/clock.ts';
import type { OwnerDirectory, People } from './ports/owner-directory.ts';
import type { Store, SuppressionRow } from './ports/store.ts';
import type { Verifier } from './ports/verifier.ts';

/** What the loop is put together from: content, the world, keys and settings. */
export type Assembly = {
  readonly store: Store;
  readonly clock: Clock;
  readonly packs: Packs;
  /** Undefined when no directory of people is configured: then strangers are shown as owners, but never written to. */
  readonly people: () => People | undefined;
  readonly directories: readonly OwnerDirectory[];
  readonly verifiers: readonly Verifier[];
  /** Networks of scanners and of the security team; none unless given. */
  readonly trustNetworks?: TrustNetworks;
  /** Adds what can be found out about events before they are taken; nothing unless given. */
  readonly enrich?: LoopParts['enrich'];
  readonly channels: readonly Channel[];
  readonly keys: {
    readonly event: Uint8Array;
    readonly token: Uint8Array;
    /** Decides who gets what in experiments; a key derived from it names units in measures. */
    readonly assignment: Uint8Array;
    /** Pseudonyms in experiments, the current one first; none unless given. */
    readonly analytics?: readonly { readonly id: string; readonly key: Uint8Array }[];
  };
  /** Sources in which people report themselves or others; none unless given. */
  readonly selfReporting?: readonly string[];
  readonly delivery: DeliverySettings;
  /** Whether single sign-on knows the people who are written to. */
  readonly recipientsSignIn?: boolean;
  readonly dutyEmails: readonly string[];
  readonly language: string;
  /** Words for the buttons of a message in a language; without them messages carry none. */
  readonly answerLabels?: (language: string) => AnswerLabels | undefined;
  /** What stands on the button that puts a message off; without it messages carry none. */
  readonly snoozeLabel?: (language: string) => string | undefined;
  /** How a message is checked without its links; without it the code alone stands there. */
  readonly howToCheck?: (language: string, code: string) => string | undefined;
  readonly ownerThreshold: number;
  readonly backlogAfterMs: number;
  /** Base of the recipient's links; undefined while none leaves this machine. */
  readonly publicUrl?: string;
  readonly teamOfRepository: (repository: string) => string | undefined;
  /** Rules of the settings, beside those in the store. */
  readonly suppressions?: readonly SuppressionRow[];
  /** Asks a proposed policy beside those in force; without it, what it would do is not known. */
  readonly tryPolicy?: LoopParts['controls']['tryPolicy'];
  readonly randomId: () => string;
  readonly wake: () => void;
};

/** Names of units in measures. The key is derived for this and nothing else from one that never changes. */
export function measuredAs(assignment: Uint8Array): LoopParts['pseudonymOf'] {
  const hash = keyedHash(Buffer.from(keyedHash(assignment)(['pseudonyms of measures/1'], 256), 'hex'));
  return (id) => hash([id]);
}

/** Binds the parts of the loop together. Pure apart from what it is given. */
export function assembleLoop(assembly: Assembly): LoopParts {
  const { packs, keys, delivery } = assembly;
  const hash = keyedHash(keys.event);
  const drawText = hmacText(keys.assignment);
  const pseudonymKeys = new Map(keys.analytics?.map(({ id, key }) => [id, keyedHash(key)]));
  const channels = new Map(assembly.channels.map((channel) => [channel.id, channel]));
  const behaviours = new Map([...packs.behaviours].map(([id, pack]) => [id, pack.behaviour]));
  const parts: LoopParts = {
    store: assembly.store,
    clock: assembly.clock,
    behaviours,
    classify: classifier(packs.behaviours.values()),
    correlated: (behaviour, name) => {
      const all = packs.behaviours.get(behaviour)?.failed.correlated ?? [];
      const found = all.find(({ correlation }) => correlationName(correlation) === name);
      return found === undefined ? undefined : { ...found, credit: creditOf(found.correlation) };
    },
    trust: packs.trust.gate(assembly.trustNetworks ?? { scanners: [], securityTeam: [] }),
    enrich: assembly.enrich ?? (async (events) => events),
    get people() {
      return assembly.people() ?? nobody;
    },
    directories: assembly.directories,
    verifiers: assembly.verifiers,
    ownerWeights: packs.ownerWeights,
    resolveOwner: (evidence) =>
      resolve(evidence, assembly.people(), packs.ownerWeights, assembly.ownerThreshold),
    teamOfRepository: assembly.teamOfRepository,
    idOf: (idParts) => hash(idParts),
    pseudonymOf: measuredAs(keys.assignment),
    randomId: assembly.randomId,
    experiments: {
      draw: (experiment, unit) =>
        unitInterval(Buffer.from(drawText(assignmentText(experiment, unit)).slice(0, 12), 'hex')),
      ...(keys.analytics?.[0] === undefined ? {} : { pseudonymKey: keys.analytics[0].id }),
      pseudonyms: (key, salt) => {
        const hashed = pseudonymKeys.get(key);
        return hashed === undefined ? undefined : (kind, id) => hashed(['unit/1', salt, kind, id]);
      },
      selfReporting: assembly.selfReporting ?? [],
      languages: [...packs.languages.keys()],
      words: (behaviour, moment) =>
        packs.messages
          .map(({ template }) => template)
          .filter((template) => template.behaviour === behaviour && template.moment === moment),
      seal: (document) => {
        const text = canonicalJson(document);
        return { text, hash: sha256Hex(text) };
      },
    },
    recipientsSignIn: assembly.recipientsSignIn ?? false,
    appendLedger: (loop, facts) => appendRows(loop, facts, assembly.randomId),
    channel: (id) => channels.get(id),
    announcers: assembly.channels.filter(({ announce }) => announce !== undefined).map(({ id }) => id),
    receiver: (mediaType) => assembly.channels.find(({ receives }) => receives?.mediaType === mediaType),
    render: (request) => {
      const values = messageValues(parts, request);
      const behaviour = behaviours.get(request.behaviour);
      const language = request.recipient.language ?? assembly.language;
      const [first] = request.loops;
      const isSystemic = first !== undefined && behaviour !== undefined && isOfSetUp(first.facts, behaviour);
      const thanks = request.moment === 'thanks' && request.loops[0]?.isStub === true ? 'reported' : 'usual';
      const usual = request.moment === 'relapse' && isSystemic ? 'system' : thanks;
      // What happened goes before what is tried out.
      const chosen = request.variant ?? usual;
      const variant = chosen === 'usual' ? (request.trial ?? chosen) : chosen;
      const found = packs.message(request.behaviour, request.moment, language, variant);
      const template = variant === holdOutVariant && found !== undefined ? heldOut(found) : found;
      if (values === undefined || behaviour === undefined || template === undefined) {
        throw new Error(`no words for ${request.behaviour}/${request.moment}`);
      }
      const rendered = renderMessage(template, values, behaviour);
      if (rendered.kind === 'error')
        throw new Error(`${request.behaviour}/${request.moment}: ${rendered.reason}`);
      const labels =
        rendered.message.answers.length === 0
          ? undefined
          : assembly.answerLabels?.(rendered.message.language);
      const { language: spoken, caseCode, footer } = rendered.message;
      const check = assembly.howToCheck?.(spoken, caseCode);
      const isPutOff =
        labels !== undefined &&
        request.loops.length === 1 &&
        request.moment !== 'escalation' &&
        first !== undefined &&
        request.recipient.kind !== 'duty' &&
        snoozeLimits(parts, behaviour, first.facts) !== undefined;
      const snoozeLabel = isPutOff ? assembly.snoozeLabel?.(spoken) : undefined;
      return {
        ...rendered.message,
        ...(labels === undefined ? {} : { answerLabels: labels }),
        ...(snoozeLabel === undefined ? {} : { snoozeLabel }),
        ...(check === undefined ? {} : { footer: `${footer}\n${check}`.trim() }),
      };
    },
    replyLink: (message, recipient) => {
      const token = replyToken(keys.token, message, recipient);
      const url = assembly.publicUrl === undefined ? {} : { url: `${assembly.publicUrl}/r/${token}` };
      return { tokenHash: sha256Hex(token), ...url };
    },
    recipient: (to) => recipientOf(to, assembly, (person) => isAwayNow(parts, person)),
    controls: {
      templates: [...packs.controls.values()].map(({ template }) => template),
      tryPolicy: assembly.tryPolicy ?? (() => ({ kind: 'unsound', reason: 'no policies are there' })),
    },
    reviews: {
      texts: () => packTexts(packs.dir),
      messageVersion: (behaviour) => packs.message(behaviour, 'told', baseLanguage)?.version ?? 1,
    },
    taxonomy: {
      stamps: new Map(
        [...packs.behaviours].map(([id, { behaviour, judgedBy }]) => [
          id,
          { version: behaviour.version, pack: judgedBy },
        ]),
      ),
      remaps: packs.remaps,
    },
    isSuppressing,
    fixedSuppressions: assembly.suppressions ?? [],
    delivery,
    rollout: openRollout(delivery.rollout ?? []),
    leaves: openLeaves(),
    backlogAfterMs: assembly.backlogAfterMs,
    wake: assembly.wake,
  };
  return parts;
}

/** The directory of an installation that has none yet. */
export const nobody: People = {
  person: () => undefined,
  team: () => undefined,
  byEmail: () => undefined,
  byAccount: () => undefined,
  teamByHandle: () => undefined,
  find: () => undefined,
  duty: () => [],
  all: () => [],
  teams: () => [],
};

function resolve(
  evidence: readonly Evidence[],
  people: People | undefined,
  weights: OwnerWeights,
  threshold: number,
): ResolvedOwner {
  if (evidence.length === 0) return { kind: 'unknown', confidence: 0 };
  const resolution = resolveOwner(rankOwners(evidence, { people, weights }), { people, threshold });
  if (resolution.kind === 'unknown') return { kind: 'unknown', confidence: 0 };
  const id = ownerId(resolution.owner);
  if (id === undefined) return { kind: 'unknown', confidence: 0 };
  return { kind: resolution.kind, id, confidence: resolution.confidence };
}

/** A stranger's id says what is known of them; it is no id of the directory. */
export function ownerId(owner: OwnerRef): string | undefined {
  if (owner.kind !== 'stranger') return owner.id;
  if (owner.email !== undefined) return `email:${owner.email.toLowerCase()}`;
  return owner.account === undefined ? undefined : `${owner.account.system}:${owner.account.name}`;
}

function recipientOf(
  to: Addressee,
  assembly: Assembly,
  isAway: (person: Person) => boolean,
): Recipient | undefined {
  const people = assembly.people();
  if (to.kind === 'duty') return dutyRecipient(assembly, isAway);
  if (to.kind === 'team') {
    const team = people?.team(to.id);
    const email = team?.email === undefined ? {} : { email: team.email };
    return { id: to.id, kind: 'team', name: team?.name ?? to.id, accounts: [], ...email };
  }
  const person = people?.person(to.id);
  // Whose accounts are closed is not written to: what would be said goes on to the next step.
  if (person !== undefined) return person.isActive ? personRecipient(person) : undefined;
  // An address from a commit is forgeable: it is shown in the outbox, but nothing is sent there.
  return to.id.includes(':')
    ? { id: to.id, kind: 'person', name: to.id.slice(to.id.indexOf(':') + 1), accounts: [] }
    : undefined;
}

function personRecipient(person: Person): Recipient {
  const [email] = person.emails;
  return {
    id: person.id,
    kind: 'person',
    name: person.name,
    accounts: person.accounts,
    ...(email === undefined ? {} : { email }),
    ...(person.timeZone === undefined ? {} : { timeZone: person.timeZone }),
    ...(person.language === undefined ? {} : { language: person.language }),
  };
}

/** The first of those with the duty role who is there; the first of all when nobody is. */
function dutyRecipient(assembly: Assembly, isAway: (person: Person) => boolean): Recipient {
  const onDuty = assembly.people()?.duty() ?? [];
  const person = onDuty.find((one) => !isAway(one)) ?? onDuty[0];
  const [address] = assembly.dutyEmails;
  const email = address ?? person?.emails[0];
  const base = person === undefined ? { name: 'duty', accounts: [] } : personRecipient(person);
  return { ...base, id: 'duty', kind: 'duty', ...(email === undefined ? {} : { email }) };
}

const matchers = new Map<string, (path: string) => boolean>();

/** Whether an operator's rule covers an event: a path or repository pattern, or a value by its mask. */
export function isSuppressing(rule: SuppressionRow, event: Pick<Event, 'where' | 'secret'>): boolean {
  if (rule.kind === 'value') return event.secret !== undefined && isSameMask(event.secret.mask, rule.pattern);
  const text = rule.kind === 'path' ? event.where.file : event.where.repository;
  if (text === undefined) return false;
  let matches = matchers.get(rule.pattern);
  if (matches === undefined) {
    if (matchers.size > 1000) matchers.clear();
    matches = picomatch(rule.pattern, { dot: true });
    matchers.set(rule.pattern, matches);
  }
  return matches(text);
}
