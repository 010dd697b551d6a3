import type { ControlTemplate } from '../../core/control/template.ts';
import type { DecisionRow } from '../../ports/store.ts';

/** A request as a Cedar policy sees it; names are data. */
export type TrialRequest = {
  readonly subject: { readonly type: string; readonly id: string };
  readonly action: { readonly name: string };
  readonly resource: { readonly type: string; readonly id: string };
};

/** What a new policy would have said: really asked, beside those in force. */
export type PolicyTrial =
  | {
      readonly kind: 'ok';
      /** Whether each request is forbidden now. */
      readonly forbidden: readonly boolean[];
      /** Of each recorded decision that let something through: whether it is still let through. */
      readonly grants: readonly { readonly weight: number; readonly isStopped: boolean }[];
    }
  | { readonly kind: 'unsound'; readonly reason: string };

/** What the compiler of controls works with. */
export type ControlParts = {
  readonly templates: readonly ControlTemplate[];
  readonly tryPolicy: (
    text: string,
    requests: readonly TrialRequest[],
    recorded: readonly DecisionRow[],
  ) => PolicyTrial;
};
