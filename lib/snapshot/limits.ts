/**
 * What a snapshot may hold. They are checked before anything of that size is allocated, when writing as when reading, so
 * that a file of a few hundred bytes can't ask for gigabytes.
 */

/** Names in a set; each costs a few hundred bytes once read. */
export const MOST_FILES = 1 << 18;

/** Runs of all files together: 16 bytes each once read, and more while they are planned. Every other page of 16 GiB. */
export const MOST_RUNS = 2 << 20;

/** The records as they are before they are compressed. */
export const MOST_BODY_BYTES = 64 << 20;

/** The whole file: what deflate makes of a body that it can't compress is hardly longer than the body. */
export const MOST_FILE_BYTES = MOST_BODY_BYTES + (1 << 20);

/** PATH_MAX without its zero byte: no longer path can be opened. */
export const MOST_PATH_BYTES = 4095;

/** Of a reason's words. */
export const MOST_TEXT_BYTES = 4096;

/** 64 KiB are the largest pages of any Linux; some room is left. */
export const LARGEST_PAGE = 1 << 24;
