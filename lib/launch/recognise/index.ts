export type { RecognisedServer } from '../types.ts';
export { recogniseServer } from './recognise.ts';
export type { RecogniseOptions } from './server-spec.ts';
