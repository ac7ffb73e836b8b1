export * from './footprint/index.ts';
export * from './inspect/index.ts';
export * from './layers/index.ts';
export * from './mirror/index.ts';
export * from './nvmeof/index.ts';
export * from './scheduler/index.ts';
