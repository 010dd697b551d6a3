import type { Json } from '../core/event.ts';
import type { NoticeType } from '../core/loop/notices.ts';

/** One change of a case, for one channel. */
export type NoticeRow = {
  /** The same for the same change of the same case, however often it is sent. */
  readonly id: string;
  readonly channel: string;
  readonly loop: string;
  readonly type: NoticeType;
  readonly at: number;
  readonly body: Json;
};

/** `attempt`: how many there were before. */
export type ClaimedNotice = NoticeRow & { readonly attempt: number };

export type NoticeUpdate = { readonly id: string; readonly channel: string } & (
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'later'; readonly dueAt: number; readonly lastError: string }
  | { readonly outcome: 'dead'; readonly lastError: string }
);

/** Part of `StoreWrite`. */
export interface NoticeWrite {
  addNotices(notices: readonly NoticeRow[]): Promise<void>;
  /** Due ones, of each loop its earliest only, others' locks skipped. */
  claimNotices(
    now: number,
    channel: string,
    limit: number,
    lease: string,
    leasedUntil: number,
  ): Promise<readonly ClaimedNotice[]>;
  /** Only what the lease still holds. */
  recordNotices(lease: string, updates: readonly NoticeUpdate[]): Promise<void>;
}
