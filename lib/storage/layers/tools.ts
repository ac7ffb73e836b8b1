import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';

/** Which of these programs aren't on the PATH. */
export async function missingTools(
  names: readonly string[],
  path = process.env.PATH ?? '',
): Promise<string[]> {
  const missing: string[] = [];
  for (const name of names) {
    const found = await Promise.all(
      path.split(':').map((directory) =>
        access(join(directory, name), constants.X_OK).then(
          () => true,
          () => false,
        ),
      ),
    );
    if (!found.includes(true)) missing.push(name);
  }
  return missing;
}
