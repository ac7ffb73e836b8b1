export {
  type Budget,
  type BudgetLimit,
  type BudgetOptions,
  type BudgetReadings,
  computeBudget,
  type LimitName,
} from './budget.ts';
export { type Cut, type CutDecision, type CutItem, cutToBudget } from './cut.ts';
