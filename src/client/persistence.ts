// Asks the browser to protect the stored data from eviction. Only the page may ask; workers cannot.

/** Returns whether protection is granted. Firefox asks the user, Chrome decides by itself. */
export async function requestPersistence(): Promise<boolean> {
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}
