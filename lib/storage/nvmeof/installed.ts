import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Whether a program is on the PATH. */
export async function isInstalled(program: string): Promise<boolean> {
  const places = (process.env.PATH ?? '').split(delimiter);
  const found = await Promise.all(
    places
      .filter((place) => place !== '')
      .map((place) =>
        access(join(place, program), constants.X_OK).then(
          () => true,
          () => false,
        ),
      ),
  );
  return found.includes(true);
}
