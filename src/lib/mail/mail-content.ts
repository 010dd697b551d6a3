import type { Site } from './site.ts';

/** What a mail shows its reader, without anything that works: no markup, no links, no remote content, no attachments. */
export type MailContent = {
  readonly from?: MailSender;
  readonly replyTo: readonly MailSender[];
  /** Sent through a mailing list (RFC 2369, RFC 2919, and what lists wrote before them). */
  readonly isFromList: boolean;
  readonly subject: string;
  /** At most `textBytesMax`; of a link only its host stands in it, in square brackets. */
  readonly text: string;
  readonly isCut: boolean;
  readonly links: readonly MailLink[];
  readonly attachments: readonly { readonly name: string; readonly type: string }[];
};

export type MailSender = {
  /** Display name, decoded. */
  readonly name: string;
  readonly address: string;
  readonly site?: Site;
  /** The site of an address that stands in the name. */
  readonly claimed?: Site;
};

/** A link at characters `start` to `end` of the text, where it leads and where its text says that it leads. */
export type MailLink = {
  readonly start: number;
  readonly end: number;
  readonly site: Site & { readonly hasUserInfo: boolean };
  readonly claimed?: Site;
};

/** Bytes of UTF-8 that a page can show. */
export const textBytesMax = 4096;
