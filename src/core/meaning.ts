/**
 * What an event is to a behaviour; one event may be several things.
 *
 * failed       it shows the failure · fixed  it is news that the case's fingerprint is dead
 * end          the deed at the end of an approved path, or one that is held against the identity's history: those decide
 * step         a step of that path, by name · signal  a sight of the world that moves the proof, by name
 * opportunity  a chance to show the behaviour · related  it speaks of a known case without being a failure
 */
export type Meaning =
  | { readonly behaviour: string; readonly role: 'failed' | 'fixed' | 'opportunity' | 'related' }
  | { readonly behaviour: string; readonly role: 'end'; readonly by: readonly ('path' | 'baseline')[] }
  | { readonly behaviour: string; readonly role: 'step' | 'signal'; readonly name: string };
