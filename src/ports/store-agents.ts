import type { Principal } from './principal.ts';

/** Attempts of one agent under one version and prompt. `repeats`: denials of a class that it was refused before. */
export type AgentCounts = {
  readonly agent: string;
  /** As the caller says; `unknown` where it says nothing. */
  readonly version: string;
  /** Hash or name of a prompt, never its text. */
  readonly prompt: string;
  readonly attempts: number;
  readonly denials: number;
  readonly repeats: number;
};

/** `day`: UTC, `YYYY-MM-DD`. */
export type AgentDayRow = AgentCounts & { readonly day: string };

export type AgentFilter = {
  /** Days, both included. */
  readonly from: string;
  readonly to: string;
  readonly agent?: string;
  readonly limit: number;
};

export type AgentReads = {
  /** Sums over days, the agent with most denials first. They name agents of every team. */
  agentCounts(principal: Principal, filter: AgentFilter): Promise<readonly AgentCounts[]>;
};

export type AgentWrites = {
  /** Adds to what is counted. */
  addAgentCounts(rows: readonly AgentDayRow[]): Promise<void>;
  /** Forgets counts of earlier days; returns how many rows. */
  forgetAgentCounts(before: string, limit: number): Promise<number>;
};
