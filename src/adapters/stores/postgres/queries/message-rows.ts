import type { Moment } from '../../../../core/message.ts';
import type { MessageRow, MessageState, WantRow } from '../../../../ports/store.ts';
import { idOf, optional } from '../rows.ts';

type Kind = 'person' | 'team' | 'duty';

export type WantRecord = {
  readonly loop_id: string;
  readonly occasion: string;
  readonly message_id: string | null;
  readonly moment: Moment;
  readonly behaviour: string;
  readonly recipient_kind: Kind;
  readonly recipient_id: string;
  readonly lane: number;
  readonly due_at: number;
  readonly team: string | null;
  readonly held_until: number | string | null;
  readonly stand_in_for: string | null;
  readonly is_coaching: boolean;
};

export type MessageRecord = {
  readonly id: string;
  readonly recipient_kind: Kind;
  readonly recipient_id: string;
  readonly moment: Moment;
  readonly occasion: string;
  readonly behaviour: string;
  readonly lane: number;
  readonly is_shadow: boolean;
  readonly is_replay: boolean;
  readonly channel: string;
  readonly state: MessageState;
  readonly due_at: number;
  readonly lease: string | null;
  readonly attempt: number;
  readonly created_at: number;
  readonly sent_at: number | null;
  readonly snapshot: MessageRow['snapshot'] | null;
  readonly reference: string | null;
  readonly last_error: string | null;
  readonly team: string | null;
  readonly token_expires_at: number | null;
  readonly variant: string | null;
  readonly experiment: string | null;
  readonly unit: string | null;
};

export function messageOf(record: MessageRecord): MessageRow {
  return {
    id: idOf(record.id),
    to: { kind: record.recipient_kind, id: record.recipient_id },
    moment: record.moment,
    occasion: record.occasion,
    behaviour: record.behaviour,
    lane: record.lane,
    isShadow: record.is_shadow,
    ...(record.is_replay ? { isReplay: true } : {}),
    channel: record.channel,
    state: record.state,
    dueAt: Number(record.due_at),
    attempt: record.attempt,
    createdAt: Number(record.created_at),
    ...optional('sentAt', record.sent_at),
    ...optional('snapshot', record.snapshot),
    ...optional('reference', record.reference),
    ...optional('lastError', record.last_error),
    ...optional('team', record.team),
    ...optional('lease', record.lease),
    ...optional('tokenExpiresAt', record.token_expires_at),
    ...optional('variant', record.variant),
    ...optional('experiment', record.experiment),
    ...optional('unit', record.unit === null ? null : idOf(record.unit)),
  };
}

export function wantOf(record: WantRecord): WantRow {
  return {
    loop: idOf(record.loop_id),
    occasion: record.occasion,
    moment: record.moment,
    behaviour: record.behaviour,
    to: { kind: record.recipient_kind, id: record.recipient_id },
    lane: record.lane,
    dueAt: Number(record.due_at),
    ...optional('team', record.team),
    ...optional('heldUntil', record.held_until === null ? null : Number(record.held_until)),
    ...optional('standInFor', record.stand_in_for),
    ...(record.is_coaching ? { isCoaching: true } : {}),
  };
}
