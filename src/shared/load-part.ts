// Code that arrives when it is first needed, so that the first page stays small.
import { WorkbenchError } from './errors.ts';

/**
 * Waits for a dynamic import.
 * @throws E-MISSING where it does not arrive: without a network before everything is stored, or after the site was updated
 */
export async function loadPart<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    throw new WorkbenchError('E-MISSING', 'A part of this app could not be loaded: no connection, or the app was updated meanwhile.', {
      safe: 'Stored data, answers and checkpoints are unharmed; running jobs go on.',
      remedy: 'Check the connection and try again. If it fails again, reload the page; a running job then goes on where it was.',
      details: { cause: String(error) },
    });
  }
}
