/**
 * What a check of the ledger found wrong.
 *
 * bad-format           the file is not of this shape; nothing else can be relied on
 * altered              an entry's content does not give its hash
 * missing              an entry between others is not there
 * truncated            entries at the end are not there
 * reordered            entries stand in another order than they were written in
 * duplicated           one number stands twice
 * foreign              it belongs to another loop
 * broken-link          an entry does not continue the one before, though its own content fits
 * wrong-commitment     a personal value is not the one that was committed to, or nothing was
 * bad-signature        not signed by the key that it names
 * unknown-key          signed by a key that is not at hand, or not trusted
 * checkpoint-mismatch  a signed checkpoint says otherwise
 */
export type FindingKind =
  | 'bad-format'
  | 'altered'
  | 'missing'
  | 'truncated'
  | 'reordered'
  | 'duplicated'
  | 'foreign'
  | 'broken-link'
  | 'wrong-commitment'
  | 'bad-signature'
  | 'unknown-key'
  | 'checkpoint-mismatch';

export type Finding = {
  readonly kind: FindingKind;
  /** Such as `entry 7`, `checkpoint 12`, `entry 3 /actor/name`. */
  readonly where: string;
  /** One plain sentence. */
  readonly detail: string;
};
