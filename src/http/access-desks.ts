import type { PasswordVerdict } from '../access/password.ts';
import type { Principal } from '../access/principal.ts';
import type { IdentityProvider, LoginSecrets } from '../ports/identity-provider.ts';
import type { AccountRow } from '../ports/store.ts';

/** A session that just began: the secret of its cookie. */
export type Begun = {
  /** Of the session. */
  readonly id: string;
  readonly secret: string;
  readonly expiresAt: number;
  readonly principal: Principal;
};

export type SessionDesk = {
  /** Whether a token signs a browser in. */
  readonly takesTokens: boolean;
  /** Undefined for a token that is not valid. */
  begin(token: string): Promise<Begun | undefined>;
  /** A person's own, after a login. Undefined when the account was disabled or its person left. */
  beginPerson(
    accountId: string,
    /** When they proved who they are: just now unless somebody else saw it. */
    proved?: 'now' | { readonly at: number | undefined },
  ): Promise<Begun | undefined>;
  /** Who has this cookie; undefined for any that is not valid now. */
  find(secret: string): Promise<Principal | undefined>;
  /** The person who signed in, where it stands on no token. `email` is verified. */
  person(secret: string): Promise<
    | {
        readonly id: string;
        readonly name: string;
        readonly email?: string;
        /** Known by an identity provider. */
        readonly isElsewhere: boolean;
      }
    | undefined
  >;
  idOf(secret: string): Promise<string | undefined>;
  /** False when none of this id runs. */
  end(id: string): Promise<boolean>;
};

/** What is asked of somebody whose password was right: a code of the second factor, or to set one up. */
export type FactorStage = 'code' | 'enrol';

/** Accounts of this installation, with a password that nobody but their person ever knew. */
export type AccountDesk = {
  /** Whether there are any here. */
  readonly isOn: boolean;
  create(
    wanted: {
      readonly login: string;
      readonly name: string;
      readonly roles: readonly string[];
      readonly teams: 'all' | readonly string[];
      /** It ends by itself after these. */
      readonly hours?: number;
    },
    by: string,
  ): Promise<
    | { readonly kind: 'made'; readonly account: AccountRow; readonly path: string }
    | { readonly kind: 'taken' }
    | { readonly kind: 'bad-login' }
    | { readonly kind: 'off' }
  >;
  /** For whom a link is; undefined for one that was used or is over. */
  invite(token: string): Promise<{ readonly login: string } | undefined>;
  choosePassword(token: string, password: string): Promise<PasswordVerdict | 'unknown'>;
  /** @param address of the sender, which is slowed down too */
  signIn(
    login: string,
    password: string,
    address: string | undefined,
  ): Promise<
    | ({ readonly kind: 'signed-in' } & Begun)
    | { readonly kind: 'refused'; readonly account?: string }
    | Slow
    /** The password was right, and is not all. */
    | { readonly kind: 'factor'; readonly stage: FactorStage; readonly account: string }
  >;
  list(principal: Principal): Promise<readonly AccountRow[]>;
  /** False when it is not in use. */
  disable(id: string, by: string): Promise<boolean>;
};

export type Slow = { readonly kind: 'slow'; readonly seconds: number };
type Refused = { readonly kind: 'refused' };

/** A secret for an authenticator program that is not in force yet. */
export type FactorOffer = {
  /** To type. */
  readonly text: string;
  /** To read from a picture. */
  readonly uri: string;
  /** Comes back with the first code: until then nothing of it is stored. */
  readonly sealed: string;
};

/** Every attempt is counted, and slowed down by account and address. */
export type FactorDesk = {
  /** What is asked beside the password; undefined: nothing. */
  stageOf(account: Pick<AccountRow, 'id' | 'roles'>): Promise<FactorStage | undefined>;
  /** What a proof of the password is bound to; undefined for an account that is not in use. */
  bound(account: string, stage: FactorStage): Promise<string | undefined>;
  /** A new secret, or the one in `before`. */
  offer(account: string, before?: string): Promise<FactorOffer | undefined>;
  signIn(
    account: string,
    code: string,
    address: string | undefined,
  ): Promise<({ readonly kind: 'signed-in' } & Begun) | Refused | Slow>;
  /** Takes the secret over with its first code; every other session of the account ends. */
  enrol(
    account: string,
    sealed: string,
    code: string,
    address: string | undefined,
  ): Promise<({ readonly kind: 'enrolled'; readonly codes: readonly string[] } & Begun) | Refused | Slow>;
  /** What somebody sees of their own; undefined where they have no password here. */
  own(account: string): Promise<OwnAccess | undefined>;
  /** Password, and a code where there is a factor: before another takes its place. */
  confirm(
    account: string,
    password: string,
    code: string,
    address: string | undefined,
  ): Promise<{ readonly kind: 'confirmed' } | Refused | Slow>;
  /** Every other session of the account ends. */
  changePassword(
    account: string,
    old: string,
    password: string,
    address: string | undefined,
  ): Promise<({ readonly kind: 'changed' } & Begun) | { readonly kind: 'weak' } | Refused | Slow>;
  /** Ids of the accounts that have one. */
  holders(principal: Principal): Promise<readonly string[]>;
  /** For whoever lost theirs; their sessions end. False when there is none. */
  remove(account: string, by: string): Promise<boolean>;
};

export type OwnAccess = {
  readonly login: string;
  readonly factor?: { readonly madeAt: number; readonly codesLeft: number };
};

/** Signs in whom an identity provider knows. */
export type SingleSignOn = Pick<IdentityProvider, 'name' | 'begin'> & {
  /** Where the provider signs a browser out; undefined when it does not, or cannot be asked. */
  signOutUrl(returnTo: string): Promise<string | undefined>;
  finish(
    address: URL,
    redirectUri: string,
    secrets: LoginSecrets,
  ): Promise<
    | ({ readonly kind: 'signed-in' } & Begun)
    | { readonly kind: 'refused'; readonly reason: string; readonly account?: string }
  >;
};
