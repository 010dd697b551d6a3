/** Decisions about access that are recorded, with the sentence that the documentation prints. */
export const accessKinds = {
  'access.signed-in': 'A browser was signed in.',
  'access.sign-in-failed': 'A sign-in was refused.',
  'access.denied': 'A request was refused; `count` of the same kind within a minute.',
  'access.input-refused':
    'Input that does not fit, a forged or repeated delivery, a limit: refused; `count` of the same kind within a minute.',
  'access.session-ended': 'A browser was signed out.',
  'access.claimed': 'The installation got its first administrator.',
  'access.claim-offered': 'A new claim link was made.',
  'access.token-made': 'A token was made.',
  'access.token-revoked': 'A token was revoked.',
  'access.account-made': 'Somebody has an account now.',
  'access.account-changed': 'What somebody may do has changed.',
  'access.password-set': 'A password was chosen.',
  'access.factor-set': 'A second factor was set up.',
  'access.factor-removed': 'A second factor was taken away.',
  'access.recovery-code-used': 'A recovery code took the place of a second factor.',
  'access.report-exported':
    'A report about people left the house, and which one; why stands with the export.',
  'access.person-erased': 'Somebody was erased, by whom; who it was is kept nowhere.',
  'access.owner-decided':
    'An operator said who answers for an identity, or took that back; who and why stands with the identity.',
  'access.person-read':
    'Somebody read what directories say of one person; who that was, and why, stands with the export.',
  'access.link-decided':
    'An operator said that an account is not somebody’s, or is after all; whose and why stands with the person.',
  'access.backup-taken': 'Everything stored was packed and taken away.',
} as const satisfies Record<string, string>;

export type AccessKind = keyof typeof accessKinds;

/**
 * What is recorded of a decision: ids, never names, and never a text that somebody typed, which may be a password in the
 * wrong field.
 */
export type AccessNote = {
  readonly kind: AccessKind;
  /** Id of the principal; `nobody` for a caller who is not known. */
  readonly by: string;
  /** The network address; it can be forgotten without breaking the chain. */
  readonly address?: string | undefined;
  readonly body?: Readonly<Record<string, string | number | readonly string[]>>;
};

export const nobody = 'nobody';
