export { adviseFill } from './advise-fill.ts';
export type { Advice, FillFacts, FillHow, Reason, ReasonCode } from './facts.ts';
