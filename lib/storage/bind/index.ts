export { applyBind, BIND, type BindOptions, planBind, prepareBind, removeBind } from './bind.ts';
