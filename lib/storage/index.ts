export * from './footprint/index.ts';
export * from './inspect/index.ts';
