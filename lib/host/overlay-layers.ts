/** What a directory is to the overlay. */
export type LayerRole = 'upper' | 'lower' | 'data-only lower' | 'work';

export interface NamedLayer {
  readonly role: LayerRole;
  readonly path: string;
}

/**
 * The layers that an overlay's options name, topmost first. `lowerdir` holds any number between colons, one that is part
 * of a name behind a backslash; what stands behind `::` gives data only (6.6). Since 6.8 each may have an option of its
 * own, `lowerdir+` and `datadir+`. Pure.
 */
export function overlayLayers(superOptions: readonly string[]): readonly NamedLayer[] {
  const layers: NamedLayer[] = [];
  const work: NamedLayer[] = [];
  for (const option of superOptions) {
    const at = option.indexOf('=');
    const [name, value] = [option.slice(0, at), option.slice(at + 1)];
    if (at < 0 || value === '') continue;
    if (name === 'upperdir') layers.unshift({ role: 'upper', path: unescaped(value) });
    else if (name === 'workdir') work.push({ role: 'work', path: unescaped(value) });
    else if (name === 'lowerdir') layers.push(...lowers(value));
    else if (name === 'lowerdir+') layers.push({ role: 'lower', path: value });
    else if (name === 'datadir+') layers.push({ role: 'data-only lower', path: value });
  }
  return [...layers, ...work];
}

function lowers(value: string): NamedLayer[] {
  let role: LayerRole = 'lower';
  // A backslash takes what follows with it, so that a colon behind one doesn't part.
  const parts = value.match(/(?:\\.|[^:\\])+|::?/gs) ?? [];
  return parts.flatMap((part): NamedLayer[] => {
    if (part === '::') role = 'data-only lower';
    if (part === ':' || part === '::') return [];
    return [{ role, path: unescaped(part) }];
  });
}

function unescaped(path: string): string {
  return path.replace(/\\(.)/gs, '$1');
}
