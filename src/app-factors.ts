import { randomBytes } from 'node:crypto';
import type { AccessNote } from './access/access-note.ts';
import { isAccountOver } from './access/person.ts';
import {
  type FactorRule,
  factorUri,
  needsFactor,
  recoveryBytesCount,
  recoveryCode,
  recoveryCodesCount,
  recoveryHash,
} from './access/second-factor.ts';
import { codeWaitMsMax } from './access/slow-down.ts';
import { type AttemptParts, openAttempts } from './app-attempts.ts';
import type { JudgeChosen } from './app-passwords.ts';
import type { DataSeal } from './config/data-key.ts';
import type { FactorDesk, FactorStage, SessionDesk } from './http/access-desks.ts';
import { noteAccess } from './http/audit/note-access.ts';
import { base32, base32Bytes } from './lib/base32.ts';
import { sha256Hex } from './lib/hmac.ts';
import { hashPassword, isPassword } from './lib/password-hash.ts';
import { totpMatch, totpSecretBytes } from './lib/totp.ts';
import { loopPrincipal } from './loop/parts.ts';
import type { AccountRow, FactorRow } from './ports/store.ts';

export type FactorParts = AttemptParts & {
  readonly judge: JudgeChosen;
  /** Whether a code counts in its own thirty seconds alone. */
  readonly isStrict?: boolean;
  readonly seal: DataSeal;
  readonly rule: FactorRule;
  /** As authenticator programs show it. */
  readonly house: string;
  readonly sessions: Pick<SessionDesk, 'beginPerson'>;
};

/** Second factors and passwords of people who have a local account, in their own hands. */
export function openFactors(given: FactorParts): FactorDesk {
  const { store, clock, seal, rule, sessions, judge } = given;
  const around = given.isStrict === true ? 0 : 1;
  const attempts = openAttempts(given, 'code', codeWaitMsMax);
  const localAccount = async (id: string): Promise<AccountRow | undefined> => {
    const account = await store.read.account(loopPrincipal, id);
    const isOpen = account?.passwordHash !== undefined && !isAccountOver(account, clock.now());
    return isOpen ? account : undefined;
  };
  const factorOf = (id: string): Promise<FactorRow | undefined> => store.read.factor(loopPrincipal, id);

  /** Whether a code, by time or for recovery, is the account's; it is used up. */
  const takeCode = async (account: string, text: string): Promise<boolean> => {
    const factor = await factorOf(account);
    if (factor === undefined) return false;
    const recovery = recoveryHash(text);
    const now = clock.now();
    if (recovery !== undefined)
      return store.transaction(async (tx) => {
        if (!(await tx.takeRecoveryCode(account, recovery, now))) return false;
        const body = { account, left: factor.codesLeft - 1 };
        await noteAccess(tx, now, [{ kind: 'access.recovery-code-used', by: `person:${account}`, body }]);
        return true;
      });
    const secret = openedFor(seal, 'totp', account, factor.secret);
    if (secret === undefined) return false;
    const step = totpMatch(secret, text.replace(/\s+/gu, ''), now, factor.lastStep, around);
    return step !== undefined && store.transaction((tx) => tx.takeStep(account, step));
  };

  return {
    stageOf: async ({ id, roles }) => {
      if ((await factorOf(id)) !== undefined) return 'code';
      return needsFactor(rule, roles) ? 'enrol' : undefined;
    },
    bound: async (id, stage) => {
      const account = await localAccount(id);
      if (account === undefined) return undefined;
      const factor = await factorOf(id);
      return boundTo(account, factor, stage);
    },
    offer: async (id, before) => {
      const account = await localAccount(id);
      if (account === undefined) return undefined;
      const again = before === undefined ? undefined : openedFor(seal, 'offer', id, before);
      const text = base32(again ?? randomBytes(totpSecretBytes));
      return {
        text: (text.match(/.{4}/gu) ?? []).join(' '),
        uri: factorUri(text, given.house, account.login ?? ''),
        sealed: await seal.seal(`offer/1 ${id} ${text}`),
      };
    },
    signIn: async (id, code, address) => {
      const seconds = await attempts.take({ account: id, address });
      if (seconds > 0) return { kind: 'slow', seconds };
      if ((await localAccount(id)) === undefined || !(await takeCode(id, code))) return { kind: 'refused' };
      await attempts.succeeded({ account: id, address });
      const begun = await sessions.beginPerson(id);
      return begun === undefined ? { kind: 'refused' } : { kind: 'signed-in', ...begun };
    },
    enrol: async (id, sealed, code, address) => {
      const seconds = await attempts.take({ account: id, address });
      if (seconds > 0) return { kind: 'slow', seconds };
      const account = await localAccount(id);
      const secret = openedFor(seal, 'offer', id, sealed);
      const now = clock.now();
      const step =
        secret === undefined
          ? undefined
          : totpMatch(secret, code.replace(/\s+/gu, ''), now, undefined, around);
      if (account === undefined || secret === undefined || step === undefined) return { kind: 'refused' };
      const codes = Array.from({ length: recoveryCodesCount }, () =>
        recoveryCode(randomBytes(recoveryBytesCount)),
      );
      const kept = await seal.seal(`totp/1 ${id} ${base32(secret)}`);
      await store.transaction(async (tx) => {
        await tx.lock(`account login ${account.login}`);
        const row = { accountId: id, secret: kept, lastStep: step, madeAt: now };
        await tx.saveFactor(
          row,
          codes.flatMap((one) => recoveryHash(one) ?? []),
        );
        const ended = await tx.revokeSessionsOf(id, now);
        const body = { account: id, sessions: ended };
        await noteAccess(tx, now, [{ kind: 'access.factor-set', by: `person:${id}`, body }]);
      });
      await attempts.succeeded({ account: id, address });
      const begun = await sessions.beginPerson(id);
      return begun === undefined ? { kind: 'refused' } : { kind: 'enrolled', codes, ...begun };
    },
    own: async (id) => {
      const account = await localAccount(id);
      if (account === undefined) return undefined;
      const factor = await factorOf(id);
      return {
        login: account.login ?? '',
        ...(factor === undefined ? {} : { factor: { madeAt: factor.madeAt, codesLeft: factor.codesLeft } }),
      };
    },
    confirm: async (id, password, code, address) => {
      const seconds = await attempts.take({ account: id, address });
      if (seconds > 0) return { kind: 'slow', seconds };
      const account = await localAccount(id);
      const isRight = await isPassword(password, account?.passwordHash);
      const factor = await factorOf(id);
      if (!isRight || (factor !== undefined && !(await takeCode(id, code)))) return { kind: 'refused' };
      await attempts.succeeded({ account: id, address });
      return { kind: 'confirmed' };
    },
    changePassword: async (id, old, password, address) => {
      const seconds = await attempts.take({ account: id, address });
      if (seconds > 0) return { kind: 'slow', seconds };
      const account = await localAccount(id);
      if (!(await isPassword(old, account?.passwordHash)) || account === undefined)
        return { kind: 'refused' };
      await attempts.succeeded({ account: id, address });
      const verdict = await judge(password, [account.login ?? '', account.name]);
      if (verdict !== 'good' || password === old) return { kind: 'weak' };
      const passwordHash = await hashPassword(password);
      const isDone = await store.transaction(async (tx) => {
        await tx.lock(`account login ${account.login}`);
        const now = await tx.read.account(loopPrincipal, id);
        // Of two changes at once the second does not undo the first, and nothing undoes being disabled.
        if (now === undefined || now.passwordHash !== account.passwordHash) return false;
        if (isAccountOver(now, clock.now())) return false;
        await tx.saveAccount({ ...now, passwordHash });
        const ended = await tx.revokeSessionsOf(id, clock.now());
        const body = { account: id, how: 'by themselves', sessions: ended };
        const note: AccessNote = { kind: 'access.password-set', by: `person:${id}`, body };
        await noteAccess(tx, clock.now(), [note]);
        return true;
      });
      const begun = isDone ? await sessions.beginPerson(id) : undefined;
      return begun === undefined ? { kind: 'refused' } : { kind: 'changed', ...begun };
    },
    holders: (principal) => store.read.factorHolders(principal),
    remove: (id, by) =>
      store.transaction(async (tx) => {
        if (!/^[0-9a-f]{32}$/u.test(id) || !(await tx.removeFactor(id))) return false;
        const now = clock.now();
        const ended = await tx.revokeSessionsOf(id, now);
        const body = { account: id, sessions: ended };
        await noteAccess(tx, now, [{ kind: 'access.factor-removed', by, body }]);
        return true;
      }),
  };
}

/** What a proof of the password is bound to: a new password, a used code or another factor makes it worthless. */
function boundTo(account: AccountRow, factor: FactorRow | undefined, stage: FactorStage): string {
  const state = [account.passwordHash, factor?.madeAt, factor?.lastStep, factor?.codesLeft, stage];
  return sha256Hex(JSON.stringify(state));
}

/** The secret in a sealed text, if it was sealed for this purpose and account. */
function openedFor(
  seal: DataSeal,
  purpose: 'offer' | 'totp',
  account: string,
  sealed: string,
): Uint8Array | undefined {
  const opened = seal.open(sealed);
  if (opened.kind !== 'opened') return undefined;
  const [kind, id, text, ...more] = opened.text.split(' ');
  if (kind !== `${purpose}/1` || id !== account || text === undefined || more.length > 0) return undefined;
  return base32Bytes(text);
}
