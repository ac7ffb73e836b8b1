export * from '../bind/index.ts';
export * from '../overlay/index.ts';
export { PERSIST, type Persist, type PersistPlaces } from '../persist/plan-persist.ts';
export * from '../placement/index.ts';
export { STORAGE_STEPS } from '../step-kinds.ts';
