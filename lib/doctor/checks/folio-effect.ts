/**
 * How many times longer a repeated mmap scan of the same warmed file took over 4 KiB pages than over 2 MiB folios: the
 * median of bench/results/folios.json, rounded down. Its rounds differ by a factor of ten, so this is no promise.
 *
 * The first scan after the fill went the other way there: on a virtual machine the first touch of each page can cost
 * more than the layout saves. A test holds both against that file.
 */
export const SCAN_TIMES = 23;

export const WHY = `The folio size decides what repeated readers pay: an mmap scan of the same warmed file was measured to take up to ${SCAN_TIMES} times as long over 4 KiB pages as over 2 MiB folios. The first scan after the fill was slower over 2 MiB folios, on a virtual machine.`;
