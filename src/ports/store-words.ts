import type { Moment } from '../core/message.ts';
import type { Principal } from './principal.ts';

/** Words of a message as a server had them: by their content, so that the same words are one row. Of packs, not of people. */
export type WordingRow = {
  /** SHA-256, in hex, of all that follows. */
  readonly hash: string;
  readonly behaviour: string;
  readonly moment: Moment;
  readonly variant: string;
  readonly language: string;
  readonly version: number;
  readonly parts: readonly { readonly name: string; readonly text: string }[];
};

/** When a server came up with them, the first time and the last. Epoch milliseconds. */
export type LoadedWording = Omit<WordingRow, 'parts'> & {
  readonly firstLoadedAt: number;
  readonly lastLoadedAt: number;
};

/** Messages that are kept and were handed over with words of one version. */
export type WordsSent = {
  readonly moment: Moment;
  /** `behaviour@version/variant`, as messages have it. */
  readonly words: string;
  readonly language: string;
  readonly isShadow: boolean;
  readonly messages: number;
  /** Different recipients among them. Who is forgotten counts for nobody. */
  readonly recipients: number;
  readonly firstAt: number;
  readonly lastAt: number;
};

/** Part of `StoreRead`. */
export interface WordsRead {
  /** The latest first, without their text. */
  wordings(principal: Principal, behaviour: string, limit: number): Promise<readonly LoadedWording[]>;
  wording(principal: Principal, behaviour: string, hash: string): Promise<WordingRow | undefined>;
  /** For those who see all teams; none for others. */
  wordsSent(principal: Principal, behaviour: string): Promise<readonly WordsSent[]>;
}

/** Part of `StoreWrite`. */
export interface WordsWrite {
  /** Which of them are kept already; these are noted as loaded again. */
  touchWordings(hashes: readonly string[], at: number): Promise<ReadonlySet<string>>;
  keepWordings(rows: readonly WordingRow[], at: number): Promise<void>;
}
