/** What the API answers, taken from the schemas that make the answers: types only, nothing of it is loaded. */
export type { ControlJson, ControlStoryJson } from '../../../src/http/json/control-json.ts';
export type { DecisionJson } from '../../../src/http/json/decision-json.ts';
export type { ExperimentJson } from '../../../src/http/json/experiment-json.ts';
export type {
  DecisionJson as IdentityDecisionJson,
  IdentityJson,
} from '../../../src/http/json/identity-json.ts';
export type { LoopJson } from '../../../src/http/json/loop-json.ts';
export type { FiguresJson, MeasureJson, MeasuresJson } from '../../../src/http/json/measure-json.ts';
export type { MessageJson } from '../../../src/http/json/message-json.ts';
export type { ReadoutJson } from '../../../src/http/json/readout-json.ts';
export type { ReviewJson, ReviewStoryJson } from '../../../src/http/json/review-json.ts';
export type { StoryJson } from '../../../src/http/json/story-json.ts';
export type { WordsOfVersionJson, WordVersionsJson } from '../../../src/http/json/word-version-json.ts';
export type { AccountsJson } from '../../../src/http/routes/accounts.ts';
export type { AuditEntryJson, AuditHeadsJson } from '../../../src/http/routes/audit.ts';
export type { BehaviourJson } from '../../../src/http/routes/behaviours.ts';
export type { ChainCheckJson } from '../../../src/http/routes/chain-checks.ts';
export type { ChangesJson } from '../../../src/http/routes/changes.ts';
export type { ChannelsJson } from '../../../src/http/routes/channels.ts';
export type { CountsJson } from '../../../src/http/routes/counts.ts';
export type { CoverageJson as FrameworksJson } from '../../../src/http/routes/coverage.ts';
export type { IdentitiesJson, IdentityStoryJson, NamedJson } from '../../../src/http/routes/identities.ts';
export type { ImportedJson } from '../../../src/http/routes/imports.ts';
export type { CoverageJson, OwnersJson } from '../../../src/http/routes/owners.ts';
export type { PauseJson } from '../../../src/http/routes/pause.ts';
export type { PersonJson } from '../../../src/http/routes/people.ts';
export type { DecidedJson } from '../../../src/http/routes/policy-decisions.ts';
export type { ExceptionJson } from '../../../src/http/routes/policy-exceptions.ts';
export type { PolicyRulesJson } from '../../../src/http/routes/policy-rules.ts';
export type { RolloutJson, ShadowJson } from '../../../src/http/routes/rollout.ts';
export type { CallerJson } from '../../../src/http/routes/session.ts';
export type { SessionsJson } from '../../../src/http/routes/sessions.ts';
export type { SignInWaysJson } from '../../../src/http/routes/sign-in-ways.ts';
export type { SourceJson } from '../../../src/http/routes/system.ts';
export type { TokensJson } from '../../../src/http/routes/tokens.ts';
export type { PackCheckJson, WordsJson } from '../../../src/http/routes/words.ts';
export type { TestedJson } from '../../../src/http/test-message.ts';

/** `next` is the cursor of the page after this one. */
export type Listed<T, Cursor> = { readonly items: readonly T[]; readonly next?: Cursor };
export type Page<T> = Listed<T, string>;
export type List<T> = { readonly items: readonly T[] };
export type SentMessage = { readonly subject?: string; readonly text?: string; readonly replyUrl?: string };
