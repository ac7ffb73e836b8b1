/** Where things lie in this machine. */

export const EXPORTED = '/mnt/exported';
/** The shared base: a directory of the exported file system. */
export const SHARED = `${EXPORTED}/models`;
/** What a backend sees, always at the same path. */
export const CACHE = '/srv/backend/cache';
/** What is of this node alone. */
export const LOCAL = '/srv/backend/local';
export const MODEL = `${CACHE}/tiny`;
export const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;
