export { diffConfigs } from './diff.ts';
export type { EffectiveValue, Source } from './effective.ts';
export type { Environment } from './environment.ts';
export { type LoadOptions, loadConfig, readConfigFile } from './load.ts';
export { type ParsedConfig, type ParseOptions, parseConfig } from './parse.ts';
export { ConfigError, describeProblem, type Problem } from './problem.ts';
export type { Config, SetConfig } from './schema.ts';
