/** Where an address or link leads, as far as its name tells. */
export type Site = {
  /** As it is looked up: lower case, in ASCII. */
  readonly host: string;
  /** The part that was registered, in Unicode; the host itself where it is an address. */
  readonly domain: string;
  /** The host in Unicode. */
  readonly shown: string;
  readonly isNumeric: boolean;
};

export type Sender = {
  readonly name: string;
  readonly address: string;
  readonly site?: Site;
  /** The site of an address that stands in the name. */
  readonly claimed?: Site;
};

export type Link = {
  readonly start: number;
  readonly end: number;
  readonly site: Site & { readonly hasUserInfo: boolean };
  /** The site that its text names. */
  readonly claimed?: Site;
};

/** A mail as its reader sees it. Every text in it is data from outside. */
export type Mail = {
  readonly from?: Sender;
  readonly replyTo: readonly Sender[];
  readonly isFromList: boolean;
  readonly subject: string;
  readonly text: string;
  readonly isCut: boolean;
  readonly links: readonly Link[];
  readonly attachments: readonly { readonly name: string; readonly type: string }[];
};

/** What is known beside the mail: words and names of the packs, and whose installation this is. */
export type CueSigns = {
  /** The organisation itself first, then those that phish like to pose as. */
  readonly known: readonly KnownName[];
  /** Registered domains that shorten links. */
  readonly shorteners: ReadonlySet<string>;
  /** Endings of file names that run or hide something, without the dot. */
  readonly attachmentEndings: ReadonlySet<string>;
  /** Of all languages together: a mail may be in another language than its reader's. */
  readonly phrases: CuePhrases;
};

export type KnownName = {
  readonly name: string;
  /** Registered domains that are truly theirs. */
  readonly domains: readonly string[];
};

export const phraseKinds = [
  'sensitive-request',
  'urgency',
  'threat',
  'limited-time',
  'greeting',
  'too-good',
  'authority',
  'business-process',
] as const;
export type PhraseKind = (typeof phraseKinds)[number];

export type CuePhrases = {
  /** `#` stands for a number: `within # hours`. */
  readonly [Kind in PhraseKind]: readonly string[];
} & {
  /** With which words people end a mail. */
  readonly closings: readonly string[];
  /** Words that may rightly stand twice in a row. */
  readonly doubled: readonly string[];
};
