import type { Json } from '../core/event.ts';
import type { Principal } from './principal.ts';
import type { AccessRead, SessionRow, TokenRow } from './store-access.ts';
import type { AccountRead, AccountWrite } from './store-accounts.ts';
import type { AgentReads, AgentWrites } from './store-agents.ts';
import type { AttemptWrite } from './store-attempts.ts';
import type { AuditRead, AuditWrite } from './store-audit.ts';
import type { ChangeRead } from './store-changes.ts';
import type { CoachingWrite } from './store-coaching.ts';
import type { ControlRead, ControlWrite } from './store-controls.ts';
import type { DirectoryFilter, DirectoryRow } from './store-directory.ts';
import type { EvidenceRead, EvidenceWrite } from './store-evidence.ts';
import type { ExperimentRead, ExperimentWrite } from './store-experiments.ts';
import type { FactorRead, FactorWrite } from './store-factors.ts';
import type { IdentityRead, IdentityWrite } from './store-identities.ts';
import type {
  CampaignKey,
  CampaignRow,
  CounterRow,
  ImportRow,
  Receipt,
  SuppressionRow,
  Totals,
} from './store-intake.ts';
import type { LadderWrite } from './store-ladder.ts';
import type { LeaveRead, LeaveWrite } from './store-leave.ts';
import type { CheckpointRow, LedgerRow, PrivateRow } from './store-ledger.ts';
import type { LinkRead, LinkWrite } from './store-links.ts';
import type {
  DeedRow,
  EventRow,
  HabitAsk,
  LaterRow,
  LoopCounts,
  LoopFilter,
  LoopRow,
  LoopStory,
  MarkRow,
  ReleaseFilter,
  SpanRow,
  StoredEvent,
  VerifiedRow,
} from './store-loops.ts';
import type { ManyRead } from './store-many.ts';
import type { MeasureRead, MeasureWrite } from './store-measures.ts';
import type {
  AttentionAsk,
  ChannelCount,
  ChannelCountFilter,
  ClaimedMessage,
  DueMessages,
  LaneLimits,
  MessageFilter,
  MessageRow,
  MessageUpdate,
  RefusedReplyRow,
  ReplyRow,
  WantRow,
} from './store-messages.ts';
import type { NoticeWrite } from './store-notices.ts';
import type { OperatorRead, OperatorWrite } from './store-operators.ts';
import type { PaceWrite } from './store-pace.ts';
import type { Page } from './store-page.ts';
import type { DecisionRow, DenialNote, ExceptionRow, ExceptionVerdict, LessonRow } from './store-policies.ts';
import type { PrivacyRead, PrivacyWrite } from './store-privacy.ts';
import type { ReviewRead, ReviewWrite } from './store-reviews.ts';
import type { RolloutRead, RolloutWrite } from './store-rollout.ts';
import type { SampleRead, SampleWrite } from './store-samples.ts';
import type { SourceRead } from './store-sources.ts';
import type { WordsRead, WordsWrite } from './store-words.ts';

export * from './store-access.ts';
export * from './store-accounts.ts';
export * from './store-agents.ts';
export * from './store-attempts.ts';
export * from './store-audit.ts';
export * from './store-backup.ts';
export * from './store-coaching.ts';
export * from './store-controls.ts';
export * from './store-directory.ts';
export * from './store-evidence.ts';
export * from './store-experiments.ts';
export * from './store-factors.ts';
export * from './store-identities.ts';
export * from './store-intake.ts';
export * from './store-ladder.ts';
export * from './store-leave.ts';
export * from './store-ledger.ts';
export * from './store-links.ts';
export * from './store-loops.ts';
export * from './store-many.ts';
export * from './store-measures.ts';
export * from './store-messages.ts';
export * from './store-notices.ts';
export * from './store-operators.ts';
export * from './store-page.ts';
export * from './store-policies.ts';
export * from './store-privacy.ts';
export * from './store-reviews.ts';
export * from './store-rollout.ts';
export * from './store-samples.ts';
export * from './store-words.ts';

/** Marks of one key that are read. An undertaking has few; hostile ones must not grow without end. */
export const marksPerKeyMax = 500;

/**
 * The store keeps what was accepted and gives it back. What `transaction` returned is durable; what it threw never
 * happened. Decisions use the caller's clock, never the database's.
 */
export interface Store {
  /** Runs `work` in one transaction, again when the database asks for that; throws what it throws, after a roll-back. */
  transaction<T>(work: (tx: StoreWrite) => Promise<T>): Promise<T>;
  readonly read: StoreRead;
  /** As in a transaction: what is found is committed and stays; what is not found may be there by now. */
  loopsOfEvents(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  storedEvents(ids: readonly string[]): Promise<ReadonlyMap<string, StoredEvent>>;
  spansAt(places: readonly string[]): Promise<readonly SpanRow[]>;
  marksOf(keys: readonly string[]): Promise<readonly MarkRow[]>;
  /** The latest deeds of each undertaking. */
  deedsOf(keys: readonly string[]): Promise<readonly DeedRow[]>;
  /** Everything stored, as one moment saw it: the lines of a backup, `store-backup.ts`. Not for slow readers. */
  dump(at: number): AsyncGenerator<string, void, undefined>;
  close(): Promise<void>;
}

export interface StoreWrite
  extends AccountWrite,
    AgentWrites,
    AttemptWrite,
    AuditWrite,
    CoachingWrite,
    ControlWrite,
    EvidenceWrite,
    ExperimentWrite,
    FactorWrite,
    IdentityWrite,
    LadderWrite,
    LeaveWrite,
    LinkWrite,
    MeasureWrite,
    NoticeWrite,
    OperatorWrite,
    PaceWrite,
    PrivacyWrite,
    ReviewWrite,
    RolloutWrite,
    SampleWrite,
    WordsWrite {
  /** Reads inside the transaction. The embedded store has one connection: a read beside it would wait for ever. */
  readonly read: StoreRead;
  /** Stores events; returns the ids that were new. */
  insertEvents(events: readonly EventRow[]): Promise<ReadonlySet<string>>;
  /** event id → loop id, for those that are stored. */
  loopsOfEvents(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Notes under which keys stored events join others by now. */
  rekeyEvents(events: readonly { readonly id: string; readonly keyIds: string }[]): Promise<void>;
  /** key → loop id, for those that exist. */
  loopsByKeys(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Reserves those that are free, and waits for others who are about to; returns how many were free. */
  addKeys(keys: readonly { readonly key: string; readonly loop: string }[]): Promise<number>;
  spansAt(places: readonly string[]): Promise<readonly SpanRow[]>;
  addSpans(spans: readonly SpanRow[]): Promise<void>;
  addMarks(marks: readonly MarkRow[]): Promise<void>;
  /** The latest marks of each key, at most `marksPerKeyMax`. */
  marksOf(keys: readonly string[]): Promise<readonly MarkRow[]>;
  addDeeds(deeds: readonly DeedRow[]): Promise<void>;
  addWatches(watches: readonly { readonly key: string; readonly loop: string }[]): Promise<void>;
  /** Loops that wait for news under these keys. */
  watchersOf(keys: readonly string[]): Promise<readonly string[]>;
  /** Forgets marks last seen, and deeds done, before these instants; returns how many were forgotten. */
  forgetMarks(before: { readonly marks: number; readonly deeds: number }, limit: number): Promise<number>;
  /** Loads and locks, in id order so that two writers never wait for each other in a ring. */
  lockLoops(ids: readonly string[]): Promise<readonly LoopRow[]>;
  saveLoops(rows: readonly LoopRow[]): Promise<void>;
  /** Re-points keys, spans, events, wants and aliases of merged loops. */
  moveLoops(moves: readonly { readonly from: string; readonly to: string }[]): Promise<void>;
  addAlias(alias: string, loop: string): Promise<'added' | 'taken'>;
  appendLedger(entries: readonly LedgerRow[], personal: readonly PrivateRow[]): Promise<void>;
  /** Sets the wants that wait for these loops to exactly these; planned ones stay. */
  replaceWants(loops: readonly string[], wants: readonly WantRow[]): Promise<void>;
  /** The latest loop that was verified within the time asked for, by the asking loop. */
  lastVerified(asks: readonly HabitAsk[]): Promise<ReadonlyMap<string, VerifiedRow>>;
  /** Live loops that first occurred within the times asked for. */
  liveLoops(asks: readonly HabitAsk[]): Promise<readonly LaterRow[]>;
  /** Loops whose time has come, locked, others' locks skipped. */
  claimDueLoops(now: number, limit: number): Promise<readonly LoopRow[]>;
  /** Known cases of a repository, in id order. */
  lockLoopsOfRepository(repository: string, limit: number, after?: string): Promise<readonly LoopRow[]>;
  claimBacklog(filter: ReleaseFilter, limit: number): Promise<readonly LoopRow[]>;

  /** Due wants in no message, of the most urgent recipients, locked, others' locks skipped. */
  claimDueWants(now: number, recipients: LaneLimits, perRecipientMax: number): Promise<readonly WantRow[]>;
  /** Puts off everything that waits for a recipient in one lane. */
  postponeRecipients(
    recipients: readonly { readonly to: WantRow['to']; readonly lane: number; readonly dueAt: number }[],
  ): Promise<void>;
  /** Counts a message against a recipient's day if the caps allow it. */
  takeAttention(asks: readonly AttentionAsk[]): Promise<readonly boolean[]>;
  /** Inserts queued messages and binds their wants; a message whose key exists is not inserted again. */
  queueMessages(
    messages: readonly { readonly message: MessageRow; readonly wants: readonly WantRow[] }[],
  ): Promise<void>;
  claimMessages(
    now: number,
    limits: LaneLimits,
    lease: string,
    leasedUntil: number,
  ): Promise<readonly ClaimedMessage[]>;
  /** `sending` messages whose lease ran out: their process died between hand-over and record. */
  claimAbandoned(
    now: number,
    limit: number,
    lease: string,
    leasedUntil: number,
  ): Promise<readonly ClaimedMessage[]>;
  /** Returns the ids that were updated: not those whose lease another worker holds by now. */
  recordMessages(updates: readonly MessageUpdate[]): Promise<ReadonlySet<string>>;
  /** Frees words from their messages, so that they can be said to someone else. */
  releaseWants(wants: readonly { readonly loop: string; readonly occasion: string }[]): Promise<void>;
  messageByToken(tokenHash: string): Promise<ClaimedMessage | undefined>;
  messageById(id: string): Promise<ClaimedMessage | undefined>;
  /** The earliest first. */
  messagesByIds(ids: readonly string[]): Promise<readonly ClaimedMessage[]>;
  /** The latest messages that a channel wrote in one place. */
  messagesByReference(channel: string, reference: string, limit: number): Promise<readonly ClaimedMessage[]>;
  /** Queues a message again that was given up, refused, returned or is uncertain; false when it is in no such state. */
  requeueMessage(id: string, at: number): Promise<boolean>;

  insertReplies(replies: readonly ReplyRow[]): Promise<ReadonlySet<string>>;
  recordRefusedReply(reply: RefusedReplyRow): Promise<void>;
  learnOwner(scope: string, owner: { readonly kind: string; readonly id: string }, at: number): Promise<void>;

  /** Takes a receipt; false when it is known, and then nothing of its delivery is added again. */
  addReceipt(receipt: Receipt): Promise<boolean>;
  /** Takes several receipts; returns those that were known. */
  addReceipts(receipts: readonly Receipt[]): Promise<readonly string[]>;
  /** Adds counters. Last in a transaction: these rows are shared by all writers and held as shortly as can be. */
  addCounters(counters: readonly CounterRow[]): Promise<void>;
  /** Notes that a source spoke on a day, so that silence can be told from health. */
  addSourceDay(source: string, at: number): Promise<void>;
  saveImport(row: ImportRow): Promise<void>;
  saveSetting(name: string, value: Json): Promise<void>;
  setting(name: string): Promise<Json | undefined>;
  insertToken(token: TokenRow): Promise<void>;
  revokeToken(id: string, at: number): Promise<boolean>;
  insertSession(session: SessionRow): Promise<void>;
  revokeSession(id: string, at: number): Promise<boolean>;
  insertSuppression(row: SuppressionRow): Promise<void>;
  /** Keeps the mail of a simulation, in place of the one before. */
  saveCampaign(row: CampaignRow): Promise<void>;
  endSuppression(id: string, at: number): Promise<boolean>;

  unsealedHeads(
    limit: number,
  ): Promise<readonly { readonly loop: string; readonly seq: number; readonly head: string }[]>;
  lastCheckpoint(): Promise<CheckpointRow | undefined>;
  /** Stores the checkpoint and marks its leaves sealed, unless they moved on meanwhile. */
  saveCheckpoint(row: CheckpointRow): Promise<void>;
  /** Stores an entry whole; false when another one of its kind has the name. */
  saveDirectoryEntry(row: DirectoryRow): Promise<boolean>;
  /** Notes that somebody's leaving was passed on, unless they came back or left again meanwhile. */
  markLeaverReported(id: string, leftAt: number, at: number): Promise<void>;
  /** Counts denials, each actor and class once a call; returns what was known before of those that were. */
  noteDenials(notes: readonly DenialNote[]): Promise<readonly LessonRow[]>;
  /** Notes that the same was let through; false when that was known. */
  settleLesson(actor: string, ruleClass: string, at: number): Promise<boolean>;
  insertException(row: ExceptionRow): Promise<void>;
  /** Decides what was asked, or ends what was approved; false when it stands otherwise, or the asker decides. */
  decideException(verdict: ExceptionVerdict): Promise<boolean>;
  countExceptionUses(uses: readonly { readonly id: string; readonly n: number }[]): Promise<void>;
  addDecisions(rows: readonly DecisionRow[]): Promise<void>;
  /** Forgets decisions that were made before this instant; returns how many. */
  forgetDecisions(before: number, limit: number): Promise<number>;
  /** Serialises a duty that only one process may do at a time, until the transaction ends. */
  lock(name: string): Promise<void>;
}

/** Every read takes the principal whose teams filter it (invariant 17). What they may not see does not exist. */
export interface StoreRead
  extends AccessRead,
    AccountRead,
    AgentReads,
    AuditRead,
    ChangeRead,
    ControlRead,
    EvidenceRead,
    ExperimentRead,
    FactorRead,
    IdentityRead,
    LeaveRead,
    LinkRead,
    ManyRead,
    MeasureRead,
    OperatorRead,
    PrivacyRead,
    ReviewRead,
    RolloutRead,
    SampleRead,
    SourceRead,
    WordsRead {
  /** What was refused since an instant, the latest first. */
  lessons(
    principal: Principal,
    filter: {
      readonly since: number;
      readonly actor?: string;
      readonly ruleClass?: string;
      readonly limit: number;
    },
  ): Promise<readonly LessonRow[]>;
  /** Exceptions, the latest first; with `inForceAt` those that hold then. */
  exceptions(
    principal: Principal,
    filter: { readonly inForceAt?: number; readonly limit: number },
  ): Promise<readonly ExceptionRow[]>;
  exception(principal: Principal, id: string): Promise<ExceptionRow | undefined>;
  /** The log of decisions, the latest first. */
  decisions(
    principal: Principal,
    filter: { readonly since: number; readonly limit: number },
  ): Promise<readonly DecisionRow[]>;
  loops(principal: Principal, filter: LoopFilter): Promise<Page<LoopRow>>;
  /** By id, case code or alias. */
  loop(principal: Principal, reference: string): Promise<LoopStory | undefined>;
  counts(principal: Principal): Promise<LoopCounts['items']>;
  needCounts(principal: Principal): Promise<LoopCounts['needs']>;
  messages(principal: Principal, filter: MessageFilter): Promise<Page<MessageRow>>;
  message(principal: Principal, id: string): Promise<ClaimedMessage | undefined>;
  /** By the hash of the recipient's token. */
  messageByToken(principal: Principal, tokenHash: string): Promise<ClaimedMessage | undefined>;
  loopsByIds(principal: Principal, ids: readonly string[]): Promise<readonly LoopRow[]>;
  /** When the first message about the case with this code went out; undefined when none did. */
  firstSentAt(principal: Principal, caseCode: string): Promise<number | undefined>;
  totals(principal: Principal): Promise<Totals>;
  dueMessages(principal: Principal, now: number): Promise<DueMessages>;
  /** What became of messages, by channel. */
  channelCounts(principal: Principal, filter?: ChannelCountFilter): Promise<readonly ChannelCount[]>;
  /** The last day on which each source spoke, `YYYY-MM-DD`. */
  lastSourceDays(principal: Principal): Promise<ReadonlyMap<string, string>>;
  ledger(
    principal: Principal,
    loop: string,
  ): Promise<
    { readonly entries: readonly LedgerRow[]; readonly personal: readonly PrivateRow[] } | undefined
  >;
  checkpoints(principal: Principal, after: number): Promise<readonly CheckpointRow[]>;
  /** Those under which the loop stands. */
  checkpointsOf(principal: Principal, loop: string): Promise<readonly CheckpointRow[]>;
  /** Entries of the pushed directory, as they were made; what was deleted is not there. */
  directoryEntries(
    principal: Principal,
    filter: DirectoryFilter,
  ): Promise<{ readonly total: number; readonly items: readonly DirectoryRow[] }>;
  directoryEntry(
    principal: Principal,
    kind: DirectoryRow['kind'],
    id: string,
  ): Promise<DirectoryRow | undefined>;
  /** What was written at this instant or later, also what was deleted. */
  directoryChanges(principal: Principal, since: number): Promise<readonly DirectoryRow[]>;
  /** Those who left and of whom nothing was passed on yet. */
  directoryLeavers(principal: Principal, limit: number): Promise<readonly DirectoryRow[]>;
  owners(principal: Principal, identity: string): Promise<readonly LoopRow[]>;
  coverage(principal: Principal): Promise<readonly { readonly kind: string; readonly n: number }[]>;
  counters(principal: Principal, behaviour: string): Promise<readonly CounterRow[]>;
  suppressions(principal: Principal, now: number): Promise<readonly SuppressionRow[]>;
  /** Simulations whose mail is known. */
  campaigns(principal: Principal, keys: readonly CampaignKey[]): Promise<readonly CampaignRow[]>;
  learntOwners(
    principal: Principal,
    scopes: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly kind: string; readonly id: string }>>;
  sourceDays(
    principal: Principal,
    sources: readonly string[],
    from: string,
    to: string,
  ): Promise<ReadonlyMap<string, number>>;
  opportunities(principal: Principal, behaviour: string, from: string, to: string): Promise<number>;
  setting(principal: Principal, name: string): Promise<Json | undefined>;
  importRow(principal: Principal, id: string): Promise<ImportRow | undefined>;
  /** Loops that a verifier may look at: told or further, not yet verified. */
  verifiable(principal: Principal, limit: number, after?: string): Promise<readonly LoopRow[]>;
  /** Answers that were not taken, the latest first. */
  refusedReplies(principal: Principal, limit: number): Promise<readonly RefusedReplyRow[]>;
  /** Cases that nobody may have heard of yet, and dismissed ones, in id order. */
  untoldLoops(principal: Principal, limit: number, after?: string): Promise<readonly LoopRow[]>;
  /** Everything reported of a case, in id order. */
  eventsOfLoop(
    principal: Principal,
    loop: string,
    limit: number,
    after?: string,
  ): Promise<readonly EventRow[]>;
  keysOfLoops(
    principal: Principal,
    loops: readonly string[],
  ): Promise<ReadonlyMap<string, readonly string[]>>;
}
