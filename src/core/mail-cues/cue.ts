/**
 * Signs by which a mail can be told to be a phish, as far as a program sees them, each with the cue of the NIST Phish
 * Scale (TN 2276) that it belongs to. Two signs of one cue count once. What no program sees (branding, design,
 * distraction, flattery …) is counted by whoever made the campaign.
 */
export const cueOfKind = {
  'sender-address': 'sender name and address',
  'sender-organisation': 'sender name and address',
  'reply-to': 'sender name and address',
  'lookalike-domain': 'domain spoofing',
  'link-text': 'URL hyperlinking',
  'link-address': 'URL hyperlinking',
  attachment: 'attachment type',
  spelling: 'spelling and grammar',
  urgency: 'sense of urgency',
  threat: 'threatening language',
  'limited-time': 'limited time offer',
  'sensitive-request': 'request for sensitive information',
  greeting: 'generic greeting',
  'no-signer': 'lack of signer details',
  'too-good': 'too good to be true',
  authority: 'poses as an authority',
  'business-process': 'mimics a business process',
} as const;

export type CueKind = keyof typeof cueOfKind;

/** In the order in which a reader meets them: who it is from, where it leads, what it says. */
export const cueKinds: readonly CueKind[] = [
  'sender-address',
  'sender-organisation',
  'lookalike-domain',
  'reply-to',
  'link-text',
  'link-address',
  'attachment',
  'sensitive-request',
  'urgency',
  'threat',
  'limited-time',
  'greeting',
  'no-signer',
  'spelling',
  'too-good',
  'authority',
  'business-process',
];

/** Where it stands: a header, or characters `start` to `end` of the subject or of the reconstructed text. */
export type CuePlace =
  | { readonly part: 'from' | 'reply-to' | 'attachments' }
  | { readonly part: 'subject' | 'text'; readonly start: number; readonly end: number };

export type Cue = {
  readonly kind: CueKind;
  readonly where: CuePlace;
  /** What the mail shows there. From outside: it may be hostile. */
  readonly shown?: string;
  /** What it is in truth, such as the host that a link leads to. */
  readonly actual?: string;
  /** The domain that it looks like. */
  readonly like?: string;
};

/** The cues of the scale that were found, each counted once. */
export function cueCount(cues: readonly Cue[]): number {
  return new Set(cues.map(({ kind }) => cueOfKind[kind])).size;
}
