import type { Template } from '../message-template.ts';
import { holdOutVariant } from './document.ts';

/**
 * Business as usual, never silence: what happened, where it stands, the safety step, the link and who sees it stay;
 * what teaches is left out.
 */
export function heldOut(template: Template): Template {
  return {
    ...template,
    variant: holdOutVariant,
    slots: template.slots.filter(({ slot }) => slot !== 'clue'),
    showsLearnMore: false,
  };
}
