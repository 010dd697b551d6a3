export { type ClientOptions, createClient, DeniedError, type PolicyClient } from './client.ts';
export { expressGuard, fastifyGuard, honoGuard, type ToQuestion } from './guards.ts';
export type { PolicyDecision, PolicyQuestion, PolicyThing } from './shapes.ts';
