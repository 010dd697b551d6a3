import type { Leave } from './leave.ts';

/** A person or team that the directories know. */
export type Person = {
  readonly id: string;
  readonly name: string;
  readonly emails: readonly string[];
  readonly accounts: readonly { readonly system: string; readonly name: string }[];
  readonly team?: string;
  /** Person id. */
  readonly manager?: string;
  readonly isActive: boolean;
  /** IANA name, such as `Europe/Lisbon`. */
  readonly timeZone?: string;
  /** BCP 47 tag. */
  readonly language?: string;
  readonly isDuty: boolean;
  /** Where they work: ISO 3166-1 (`PT`), or with its part (`ES-CT`). For holidays. */
  readonly country?: string;
  readonly away?: readonly Leave[];
};

export type Team = {
  readonly id: string;
  readonly name: string;
  /** Where the team is written to, if it has a mailbox. */
  readonly email?: string;
  /** Handles under which CODEOWNERS and providers know it, such as `@acme/payments`. */
  readonly handles: readonly string[];
};

/** Who a piece of evidence points at. An address that no directory knows stays `stranger`. */
export type OwnerRef =
  | { readonly kind: 'person'; readonly id: string }
  | { readonly kind: 'team'; readonly id: string }
  | {
      readonly kind: 'stranger';
      readonly name?: string;
      readonly email?: string;
      readonly account?: { readonly system: string; readonly name: string };
    };

export type Evidence = {
  /** `commit-author`, `pusher`, `codeowners`, `learnt`, … : the weight of each kind stands in `packs/owners/weights.yaml`. */
  readonly kind: string;
  readonly owner: OwnerRef;
  /** One plain line for people: where this comes from. Data from outside is quoted, never markup. */
  readonly detail: string;
  /** 0 to 1. */
  readonly weight: number;
};

export type Candidate = {
  readonly owner: OwnerRef;
  /** 0 to 1. */
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
};
