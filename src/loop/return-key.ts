import type { LoopParts } from './parts.ts';

/** Of one message: nobody makes it from the message's id, wherever that is shown. */
export function returnKeyOf({ idOf }: Pick<LoopParts, 'idOf'>, message: string): string {
  return idOf(['return', message]).slice(0, 16);
}
